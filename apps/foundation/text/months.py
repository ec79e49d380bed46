"""The months as people write them, in the languages our sources are likely to speak. Pure functions.

Exact words only, for what merely begins like a month is none ("Market 12"). A word that is one month in most of these
languages and another in one of them means the former: `listopad` is November, not the Croats' October.
"""

import unicodedata

# January to December, each with its names and short forms: English, German, French, Spanish, Italian, Portuguese,
# Dutch, Danish, Norwegian, Swedish, Finnish, Polish, Czech, Slovak, Hungarian, Romanian, Turkish, Slovenian, Croatian,
# Lithuanian, Latvian, Estonian, Russian, Ukrainian, Bulgarian, Greek, Indonesian.
WORDS = (
    "january jan jän jänner januar janner janvier janv enero ene gennaio gen janeiro januari tammikuu tammikuuta "
    "tammi styczeń stycznia sty leden ledna január januára ianuarie ian ocak oca siječanj siječnja sij janvāris "
    "jaanuar sausis sausio январь января янв січень січня січ януари ιανουαρίου ιανουάριος ιαν",
    "february feb febr februar feber février fevr fév févr febrero febbraio febb fevereiro fev februari helmikuu "
    "helmikuuta helmi luty lutego lut únor února úno február februára februarie şubat şub veljača veljače velj "
    "februāris veebruar vasaris vasario февраль февраля фев февр лютий лютого лют февруари φεβρουαρίου "
    "φεβρουάριος φεβ pebruari",
    "march mar mär märz maerz mrz mars marzo março maart mrt marts maaliskuu maaliskuuta maalis marzec marca "
    "březen března bře marec március márc martie mart ožujak ožujka ožu märts kovas kovo март марта мар березень "
    "березня бер μαρτίου μάρτιος μαρ maret",
    "april apr avril avr abril abr aprile huhtikuu huhtikuuta huhti kwiecień kwietnia kwi duben dubna dub apríl "
    "apríla április ápr aprilie nisan nis travanj travnja tra aprīlis aprill balandis balandžio апрель апреля апр "
    "квітень квітня кві април απριλίου απρίλιος απρ",
    "may mai mayo maggio mag maio mei maj toukokuu toukokuuta touko maja květen května kvě máj mája május mayıs "
    "mayis svibanj svibnja svi maijs gegužė gegužės май мая травень травня тра μαΐου μάιος μαι",
    "june jun juni juin junio giugno giu junho kesäkuu kesäkuuta kesä czerwiec czerwca cze červen června jún júna "
    "június iunie iun haziran haz junij lipanj lipnja jūnijs juuni birželis birželio июнь июня июн червень червня "
    "чер юни ιουνίου ιούνιος ιουν",
    "july jul juli juil juillet julio luglio lug julho heinäkuu heinäkuuta heinä lipiec lipca červenec července "
    "čvc júl júla július iulie iul temmuz tem julij srpanj srpnja jūlijs juuli liepa liepos июль июля июл липень "
    "липня юли ιουλίου ιούλιος ιουλ",
    "august aug août aout agosto ago augustus augusti elokuu elokuuta elo sierpień sierpnia sie srpen augusta "
    "augusztus ağustos ağu avgust avg kolovoz kolovoza kol augusts rugpjūtis rugpjūčio август августа авг серпень "
    "серпня сер αυγούστου αύγουστος αυγ agustus",
    "september sep sept septembre septiembre setiembre set settembre sett setembro syyskuu syyskuuta syys "
    "wrzesień września wrz září zář septembra szeptember szept septembrie eylül eyl rujan rujna ruj septembris "
    "rugsėjis rugsėjo сентябрь сентября сен сент вересень вересня вер септември σεπτεμβρίου σεπτέμβριος σεπ",
    "october oct oktober okt octobre octubre ottobre ott outubro out lokakuu lokakuuta loka październik "
    "października paź říjen října říj október októbra octombrie ekim eki oktobris oktoober spalis spalio октябрь "
    "октября окт жовтень жовтня жов октомври οκτωβρίου οκτώβριος οκτ",
    "november nov novembre noviembre novembro marraskuu marraskuuta marras listopad listopada lis listopadu "
    "novembra noiembrie noi kasım kasim kas studeni studenog studenoga novembris lapkritis lapkričio ноябрь "
    "ноября ноя нояб листопад листопада лис ноември νοεμβρίου νοέμβριος νοε nopember",
    "december dec dez dezember décembre déc diciembre dic dicembre dezembro desember des joulukuu joulukuuta "
    "joulu grudzień grudnia gru prosinec prosince pro decembra decembrie aralık aralik ara prosinac prosinca "
    "decembris detsember gruodis gruodžio декабрь декабря дек грудень грудня гру декември δεκεμβρίου δεκέμβριος "
    "δεκ",
)


def _bare(word: str) -> str:
    """Without case and accents."""
    split = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in split if not unicodedata.combining(char)).replace("ı", "i")


MONTHS: dict[str, int] = {}
for _number, _words in enumerate(WORDS, start=1):
    for _word in _words.split():
        MONTHS.setdefault(_bare(_word), _number)


def month(word: str) -> int:
    """1 to 12. Raises ValueError for what is no month."""
    try:
        return MONTHS[_bare(word).rstrip(".")]
    except KeyError:
        raise ValueError(word) from None
