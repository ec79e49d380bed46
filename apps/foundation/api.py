"""What an API says when something went wrong."""

from ninja import Schema


class Error(Schema):
    """Every error has this shape. `code` is for programs and stays, `message` is for people and may change;
    `fields` names what was wrong with which parameter or field of the body."""

    code: str
    message: str
    fields: dict[str, str] | None = None


class Problem(Exception):
    """Raised anywhere below an operation: answers with `Error` under this HTTP status."""

    def __init__(self, status: int, code: str, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, fields
