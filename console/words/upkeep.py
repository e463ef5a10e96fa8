"""What upkeep of the tables did, in a line."""

from datetime import datetime

from console.words.spoken import count
from shared.partitions.acts import Act, Verb


def sentence(act: Act, *, dry_run: bool = False) -> str:
    """`dry_run`: it would be done."""
    would = "would have " if dry_run else ""
    match act.verb:
        case Verb.MADE:
            moved = f", with {count(act.rows, 'row')} of the default one" if act.rows else ""
            return f"{would}made the partition of {act.table} {_range(act)}{moved}"
        case Verb.DROPPED:
            return f"{would}dropped {_known(act)}"
        case Verb.KEPT:
            return f"kept {_known(act)}: {act.why}"
        case Verb.DELETED:
            before = _day(act.until)
            return f"{would}deleted {count(act.rows, 'row')} of {act.table} from before {before}"


def _known(act: Act) -> str:
    size = f"about {count(act.rows, 'row')}, {act.bytes / 1_000_000:.1f} MB"
    return f"{act.partition} ({_range(act)}; {size})"


def _range(act: Act) -> str:
    return f"from {_day(act.first)} until {_day(act.until)}"


def _day(moment: datetime | None) -> str:
    return "the beginning" if moment is None else moment.date().isoformat()
