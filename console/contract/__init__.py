"""The AMQP messages and topology as an AsyncAPI document, made from what the code knows. Pure."""
