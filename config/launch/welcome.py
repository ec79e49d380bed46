"""What a terminal shows once everything runs: where to go, and as whom."""

from pathlib import Path

from rich.panel import Panel
from rich.table import Table

LOGINS = (
    ("agent", "call centre, London"),
    ("store", "the shop in Regent Street"),
    ("marketer", "marketing"),
    ("supervisor", "leads the centre; /admin/"),
    ("owner", "may do everything; /admin/"),
)


def welcome(port: int, name: str, phone: str, data: Path) -> Panel:
    """`name` and `phone` are a customer's to look up first, empty where there is none."""
    logins = Table.grid(padding=(0, 3))
    for username, who in LOGINS:
        logins.add_row(f"[bold]{username}[/]", who)
    page = Table.grid(padding=(0, 0, 1, 0))
    page.add_row(
        f"Open [bold underline]http://localhost:{port}/desk/[/] and sign in with the password [bold]klatsch[/]:"
    )
    page.add_row(logins)
    if phone:
        page.add_row(f"Look up [bold]{phone}[/] to meet {name}.")
    page.add_row(f"[dim]Logs: {data / 'logs'}\nCtrl-C stops everything.[/]")
    return Panel(page, title="Klatsch", expand=False, padding=(1, 2))
