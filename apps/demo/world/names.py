"""Names as people bear them in the places the demo is set in. Given names, family names, and how they are spelled
in an e-mail address where the script is not Latin."""

from typing import NamedTuple


class Culture(NamedTuple):
    """Words separated by blanks; `latin` gives the address spelling of each given and family name, in order."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    latin: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    family_first: bool = False


def _names(given: str, family: str, latin: tuple[str, str] | None = None, *, family_first: bool = False) -> Culture:
    spelled = (tuple(latin[0].split()), tuple(latin[1].split())) if latin else None
    families = tuple(name.replace("_", " ") for name in family.split())
    return Culture(tuple(given.split()), families, spelled, family_first)


CULTURES = {
    "fr": _names(
        "Camille Léa Manon Chloé Inès Margaux Élise Clémence Agathe Noémie Lucas Hugo Théo Antoine Mathis Rémi "
        "Étienne Gaëtan Loïc Baptiste Aurélie Solène Maëlys Jean-Baptiste",
        "Martin Lefèvre Moreau Girard Fournier Mercier Bonnet Lambert Rousseau Garnier Faure Chevalier Perrin "
        "Guérin Boulanger Delacroix Vasseur Marchand Brunet Renaud de_La_Tour Le_Goff Aubry Tessier",
    ),
    "gb": _names(
        "Olivia Amelia Isla Freya Poppy Harriet Imogen Beatrice Niamh Rhiannon George Arthur Alfie Callum Rhys "
        "Angus Duncan Rupert Ewan Dylan Charlotte Eleanor Gareth Moira",
        "Smith Taylor Whitfield Ashworth Pemberton Hargreaves Fairclough MacLeod Campbell Llewellyn Pritchard "
        "O'Connor Doyle Bradshaw Winterbourne Cartwright Thackeray Holloway Ellison Fenwick St_John Barlow",
    ),
    "de": _names(
        "Anna Lena Johanna Greta Frieda Katharina Annika Ulrike Jürgen Lukas Jonas Felix Moritz Björn Matthias "
        "Sören Karl-Heinz Götz Mareike Heike Wiebke Thorsten",
        "Müller Schröder Köhler Weiß Krüger Hofmann Böhm Größe Schäfer Vogel Winkler Brandt Lindemann Petersen "
        "von_Ahlefeld Zimmermann Jäger Kaltenbach Schöne Hübner Rademacher",
    ),
    "es": _names(
        "Lucía Martina Sofía Carmen Inmaculada Nuria Begoña Rocío Álvaro Íñigo Sergio Javier Joaquín Andrés "
        "Montserrat Guillermo Pilar Raúl",
        "García Fernández Núñez Ibáñez Ordóñez Muñoz_Castro Peña Domínguez Ruiz_de_la_Prada Echeverría Vázquez "
        "Serrano Gallego Soler Puig Carrasco Iglesias Montoya",
    ),
    "it": _names(
        "Giulia Chiara Francesca Ginevra Beatrice Alessia Matteo Lorenzo Niccolò Tommaso Riccardo Gianluca Elena "
        "Pietro",
        "Rossi Bianchi Esposito Ferrara Conti D'Angelo De_Luca Marchetti Galli Santoro Pellegrini Lombardi "
        "Caruso Bellini",
    ),
    "nl": _names(
        "Sanne Fleur Femke Marieke Anouk Roos Daan Sem Jeroen Thijs Maarten Wouter Lotte Bram",
        "de_Vries van_den_Berg Jansen van_Dijk Visser Bakker Mulder de_Boer Hoekstra van_der_Meer Kuipers Dekker "
        "Brouwer ten_Have",
    ),
    "pl": _names(
        "Zofia Małgorzata Agnieszka Katarzyna Elżbieta Łucja Grażyna Paweł Tomasz Michał Krzysztof Łukasz "
        "Wojciech Stanisław",
        "Nowak Wiśniewska Wójcik Kowalczyk Zieliński Szymański Dąbrowska Kozłowski Jabłońska Gołębiowska "
        "Brzęczyszczykiewicz Żak Krawczyk Piątek",
    ),
    "tr": _names(
        "Ayşe Elif Zeynep Gülşen Özlem Şebnem İpek Mehmet Çağlar Emre Oğuz Barış Ümit Yiğit",
        "Yılmaz Kaya Demir Şahin Çelik Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Çetin Güneş",
    ),
    "ar": _names(
        "فاطمة ليلى نور مريم سلمى هدى ياسمين أحمد يوسف عمر خالد طارق كريم سامي",
        "الحداد منصور بن_سالم النجار حمدي الخطيب العلوي بوزيد زيدان الشامي القاسم درويش",
        (
            "fatima leila nour mariam salma houda yasmine ahmed youssef omar khaled tarek karim sami",
            "haddad mansour bensalem najjar hamdi khatib alaoui bouzid zidane chami qassem darwish",
        ),
    ),
    "maghreb": _names(
        "Samira Nadia Amina Khadija Rachida Soraya Mehdi Bilal Karim Rachid Yacine Sofiane Hicham Malika",
        "Benali Cherif El_Amrani Bensaïd Haddad Ouali Mansouri Belkacem Ziani Touré Diallo Traoré N'Diaye Khelifi",
    ),
    "he": _names(
        "נועה תמר יעל שירה מיכל איתן עומר יונתן אורי דניאל רותם אביגיל",
        "כהן לוי מזרחי פרץ ביטון אברהם פרידמן שפירא גולן ברק רוזן אלון",
        (
            "noa tamar yael shira michal eitan omer yonatan uri daniel rotem avigail",
            "cohen levi mizrahi peretz biton avraham friedman shapira golan barak rozen alon",
        ),
    ),
    "ja": _names(
        "結衣 陽菜 美咲 葵 さくら 翔太 大輔 健一 悠斗 直樹",
        "佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤",
        (
            "yui hina misaki aoi sakura shota daisuke kenichi yuto naoki",
            "sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato",
        ),
        family_first=True,
    ),
    "in": _names(
        "Priya Ananya Kavya Deepika Lakshmi Aarav Rohan Vikram Arjun Sanjay Meera Farah Imran Nikhil",
        "Sharma Patel Iyer Mukherjee Nair Reddy Chowdhury Kapoor Singh Venkataraman Khan Desai Banerjee Rao",
    ),
    "gr": _names(
        "Ελένη Μαρία Κατερίνα Σοφία Γιώργος Νίκος Δημήτρης Αντώνης",
        "Παπαδόπουλος Γεωργίου Νικολάου Καραγιάννης Αλεξίου Δημητρίου Ιωάννου Μακρής",
        (
            "eleni maria katerina sofia giorgos nikos dimitris antonis",
            "papadopoulos georgiou nikolaou karagiannis alexiou dimitriou ioannou makris",
        ),
    ),
    "uk": _names(
        "Олена Ірина Наталія Оксана Соломія Андрій Тарас Богдан Юрій Микола",
        "Шевченко Коваленко Бондаренко Ткаченко Мельник Кравчук Лисенко Савченко Гончар Мороз",
        (
            "olena iryna natalia oksana solomiia andrii taras bohdan yurii mykola",
            "shevchenko kovalenko bondarenko tkachenko melnyk kravchuk lysenko savchenko honchar moroz",
        ),
    ),
    "vn": _names("Linh Hương Thảo Minh Đức Tuấn Ngọc Hải", "Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi", family_first=True),
    "pt": _names(
        "Inês Catarina Beatriz João Tiago Gonçalo Conceição Luís",
        "Silva Gonçalves Magalhães Conceição da_Costa Araújo Simões Leitão",
    ),
    "se": _names(
        "Åsa Linnéa Saga Elsa Björn Göran Nils Mårten",
        "Lindqvist Öberg Sjöström Håkansson Bergström Åkesson Ström Nygård",
    ),
}
