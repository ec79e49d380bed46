"""`manage.py sync FILE --source SLUG`: read a whole file into a source."""

import json
import os
import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import IO, Any, cast

import yaml
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone
from rich.console import Console

from apps.channels.actions import change_source, create_source
from apps.channels.contract import FileConnector, Refused, SourceFacts
from apps.channels.facts import facts_of
from apps.channels.ingest.file_run import SMALL, FileRun, Stopped, first_events, tried_out
from apps.channels.ingest.report import as_json, preview, progress_bar, summary
from apps.channels.ingest.writers import collect_seldom
from apps.channels.models import Source
from apps.channels.registry import CONNECTORS
from apps.channels.toolkit.mapping import file_mappings, mapping
from apps.channels.toolkit.mapping.proposal import as_yaml, propose

LOOKED_AT = 500  # rows from which a mapping is proposed
SHOWN = 10  # rows of a dry run
TROUBLED, STOPPED, INTERRUPTED = 3, 4, 130  # exit codes


def _console(out: OutputWrapper) -> Console:
    return Console(file=cast(IO[str], out))


class Command(BaseCommand):
    help = "Read a file (CSV, JSON, Parquet, or any format its source reads) into a source. May be run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, metavar="SLUG")
        parser.add_argument("--map", type=Path, metavar="FILE", help="YAML that says what the columns mean")
        parser.add_argument("--dry-run", action="store_true", help="show how the first rows are understood; keep none")
        parser.add_argument("--create", action="store_true", help="make the source if there is none")
        parser.add_argument("--kind", default="drop", help="of the source that is made (default: drop)")
        parser.add_argument("--name", default="", help="of the source that is made")
        parser.add_argument("--region", default="GB", help="of phone numbers without a country code (GB, DE, ...)")
        parser.add_argument("--timezone", default="UTC", help="of times without one (Europe/Berlin, ...)")
        parser.add_argument("--yes", action="store_true", help="use the mapping that is proposed without asking")
        parser.add_argument("--processes", type=int, default=0, help="that write (default: as many as are useful)")
        parser.add_argument("--json", action="store_true", help="print one JSON object at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.options, self.console = options, _console(self.stderr)
        self.path: Path = options["file"]
        if not self.path.is_file():
            raise CommandError(f"There is no file {self.path}.")
        source = self._source()
        if source.paused_at:
            raise CommandError(f"{source.name} is paused: {source.pause_reason or 'by hand'}. Let it go on first.")
        try:
            facts = self._mapped(source)
            if options["dry_run"]:
                self._show(facts)
            else:
                self._read(facts)
        except Refused as refusal:
            raise CommandError(f"{self.path.name}: {refusal.message}") from None

    def _source(self) -> Source:
        """The one that is meant; of a dry run it may not be kept."""
        slug, kind = self.options["source"], self.options["kind"]
        source = Source.objects.existing().filter(slug=slug).first()
        if source is None and not isinstance(CONNECTORS.get(kind), FileConnector):
            files = sorted(name for name, connector in CONNECTORS.items() if isinstance(connector, FileConnector))
            raise CommandError(f"Sources of kind {kind} read no files. These do: {', '.join(files)}.")
        if source is None:
            fields = {name: self.options[name] for name in ("region", "timezone")}
            fields |= {"slug": slug, "kind": kind, "name": self.options["name"] or slug}
            if self.options["dry_run"]:
                return Source(pk=0, **fields)
            if not self.options["create"] and not self._agreed(f"There is no source {slug}. Make it?"):
                raise CommandError(f"There is no source {slug}. Add --create to make it.")
            source = create_source(actor=None, **fields)
        if not isinstance(CONNECTORS.get(source.kind), FileConnector):
            raise CommandError(f"{source.name} is of kind {source.kind}, which reads no files.")
        return source

    def _agreed(self, question: str) -> bool:
        """Only a person at a terminal can say yes."""
        if not sys.stdin.isatty():
            return False
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}

    def _mapped(self, source: Source) -> SourceFacts:
        """With a mapping, where its rows need one: the one given, its own for files of this name, or the one
        proposed."""
        facts = facts_of(source)
        if not CONNECTORS[source.kind].about.mapped:
            return facts
        meant = self._given()
        rows = self._rows(facts, meant or file_mappings.written_for(source.settings, self.path.name))
        if meant is None and file_mappings.is_for(source.settings, self.path.name, rows):
            meant = file_mappings.written_for(source.settings, self.path.name)
        meant = meant or self._proposed(source, rows)
        try:
            compiled = mapping.compile(meant)
        except mapping.BadMapping as error:
            raise CommandError(f"The mapping cannot be followed.\n{error}") from None
        for name, like in compiled.missing(rows).items() if rows else ():
            self.console.print(f"No column is called {name!r}." + (f" Is it {like!r}?" if like else ""), markup=False)
        return facts_of(self._kept(source, meant, rows))

    def _rows(self, facts: SourceFacts, meant: Any) -> list[dict[str, Any]]:
        """The first rows as they stand in the file, whatever its mapping makes of them."""
        plain = {name: said for name, said in facts.settings.items() if not name.startswith(file_mappings.MAPPING)}
        if isinstance(meant, dict) and isinstance(meant.get("items"), str):
            plain["items"] = meant["items"]
        events = first_events(replace(facts, settings=plain), self.path, LOOKED_AT)
        return [event.content for event in events if not event.refused]

    def _kept(self, source: Source, meant: Any, rows: list[dict[str, Any]]) -> Source:
        """The source with this mapping for files of this name. Those for its other files stay."""
        changed = file_mappings.kept_for(source.settings, self.path.name, meant, rows)
        if changed and not self.options["dry_run"]:
            source = change_source(actor=None, source=source, settings=changed)
        if file_mappings.MAPPINGS in changed:
            pattern = file_mappings.slot_of(changed, self.path.name)
            self.console.print(f"This mapping is for files called {pattern}; the others keep theirs.", markup=False)
        source.settings = {**source.settings, **changed}
        return source

    def _given(self) -> Any:
        path: Path | None = self.options["map"]
        try:
            return yaml.safe_load(path.read_text("utf-8")) if path else None
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from None

    def _proposed(self, source: Source, rows: list[dict[str, Any]]) -> dict[str, Any]:
        if not rows:
            raise CommandError(f"{self.path.name} has no rows that can be read.")
        proposed = propose(rows, self.path.stem, file_mappings.others(source.settings, self.path.name))
        self.stdout.write(as_yaml(proposed))
        asked = "\n".join(proposed.asks.values())
        if asked:
            raise CommandError(
                f"{asked}\nSave the lines above to a file, add what is missing, and run this again with --map FILE."
            )
        agreed = self.options["yes"] or self.options["dry_run"] or self._agreed("Read the file with this mapping?")
        if not agreed:
            raise CommandError(
                "Nothing was read. Save the lines above to a file, change what is wrong, and run this again with "
                "--map FILE; or with --yes to take them as they are."
            )
        return proposed.mapping

    def _show(self, facts: SourceFacts) -> None:
        """How the first rows are understood. Nothing is kept."""
        now = timezone.now()
        rows = [tried_out(facts, event, now) for event in first_events(facts, self.path, SHOWN)]
        _console(self.stdout).print(preview(rows, self.path.name))

    def _read(self, facts: SourceFacts) -> None:
        size, started = self.path.stat().st_size, perf_counter()
        collect_seldom()
        processes = self.options["processes"] or (min(2, os.cpu_count() or 1) if size > SMALL else 1)
        with progress_bar(self.console, self.path.name, size) as show:
            run = FileRun(facts, self.path, processes, show)
            status, said = self._run(run)
        seconds = perf_counter() - started
        if self.options["json"]:
            self.stdout.write(json.dumps(as_json(run.result, seconds, ended=run.ended), indent=1))
        else:
            _console(self.stdout).print(summary(run.result, seconds, self.path.name))
        if said:
            self.console.print(said, markup=False)
        if status:
            sys.exit(status)

    def _run(self, run: FileRun) -> tuple[int, str]:
        """The exit code, and what to do next."""
        again = f"Run the same command again to go on: what is in already is not read twice ({self.path.name})."
        try:
            run.run()
        except KeyboardInterrupt:
            return INTERRUPTED, f"Stopped. {again}"
        except Stopped:
            return STOPPED, (
                "The source has paused itself: too many rows made no sense. Correct its mapping, let it go on, try its "
                "quarantined rows again, and run the same command again for the rest."
            )
        result = run.result
        if result.left_out and not result.events:
            return TROUBLED, "Every row was left out: what the mapping's `only` asks for is in none of them."
        if result.waiting and not (result.quarantined or result.conflicting):
            return TROUBLED, "Some rows wait for an order or case that has not been told; the workers try them again."
        if result.quarantined or result.waiting or result.conflicting:
            return TROUBLED, "Rows in quarantine are kept: change the mapping and try them again on the source's page."
        return 0, ""
