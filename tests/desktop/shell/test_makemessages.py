"""Words of the desk's templates reach those who translate."""

from types import SimpleNamespace

from django.core.management import load_command_class
from django.core.management.commands.makemessages import BuildFile

from apps.desktop.management.commands import makemessages
from apps.desktop.management.commands.makemessages import Command, DeskBuildFile, calls

TEMPLATE = """{% set title = _("Title") %}
<h1>{{ panel("pin", _("Pinned"), beside=_("%(who)s is here", who=name)) }}</h1>

{% trans count=n %}{{ count }} line{% pluralize %}{{ count }} lines{% endtrans %}
"""


def test_every_word_is_called_in_its_line():
    assert calls(TEMPLATE) == (
        "_('Title')\n_('Pinned'); _('%(who)s is here')\n\nngettext('%(count)s line', '%(count)s lines', 1)\n"
    )
    assert calls("<p>Nothing</p>") == ""


def test_templates_of_the_desk_are_read_as_theirs_and_others_as_djangos(tmp_path, monkeypatch):
    monkeypatch.setattr(makemessages, "TEMPLATES", tmp_path)
    for place, text in (("desktop/home", "{{ f(_('Ours')) }}"), ("account", "{% load i18n %}{% translate 'Theirs' %}")):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        (folder / "page.html").write_text(text)
        translatable = SimpleNamespace(file="page.html", dirpath=str(folder), path=str(folder / "page.html"))
        DeskBuildFile(None, "django", translatable).preprocess()
    assert (tmp_path / "desktop/home/page.html.py").read_text() == "_('Ours')\n"
    assert "Theirs" in (tmp_path / "account/page.html.py").read_text()


def test_it_is_the_command_that_is_run():
    assert isinstance(load_command_class("apps.desktop", "makemessages"), Command)
    assert issubclass(Command.build_file_class, BuildFile)
