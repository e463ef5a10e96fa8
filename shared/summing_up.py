"""What several processes of a service say of themselves, said as one. Pure.

Processes go by their numbers, from 1: one that takes another's place has its number too, so that
series in Prometheus do not become more with each.
"""

from collections.abc import Mapping, Sequence


def missing(
    lacking: Mapping[int, Mapping[str, str]], silent: Mapping[int, str]
) -> Mapping[str, str]:
    """What processes lack, by part, with the numbers of those that do; `silent` are missing."""
    said: dict[str, dict[str, list[int]]] = {}
    for number, parts in lacking.items():
        for part, why in parts.items():
            said.setdefault(part, {}).setdefault(why, []).append(number)
    return {part: _told(reasons) for part, reasons in said.items()} | {
        _named([number]): why for number, why in silent.items()
    }


def figures(texts: Mapping[int, str]) -> bytes:
    """Several /metrics as one, where the label `process` says whose each figure is.

    Line by line: parsing them would keep requests waiting for many milliseconds.
    """
    families: dict[str, list[str]] = {}
    for number, text in texts.items():
        text_of, samples = "", list[str]()
        for line in filter(None, text.split("\n")):
            if line.startswith("# HELP "):
                text_of = line
            elif line.startswith("# TYPE "):
                samples = families.setdefault(f"{text_of}\n{line}", [])
            else:
                samples.append(_labelled(line, number))
    lines = (line for heading, samples in families.items() for line in (heading, *samples))
    return "".join(f"{line}\n" for line in lines).encode()


def _labelled(sample: str, number: int) -> str:
    name, brace, labels = sample.partition("{")
    if brace:
        return f'{name}{{process="{number}",{labels}'
    name, _, value = sample.partition(" ")
    return f'{name}{{process="{number}"}} {value}'


def _told(reasons: Mapping[str, Sequence[int]]) -> str:
    return "; ".join(f"{_named(numbers)}: {why}" for why, numbers in reasons.items())


def _named(numbers: Sequence[int]) -> str:
    word = "process" if len(numbers) == 1 else "processes"
    return f"{word} {', '.join(map(str, numbers))}"
