"""What mail programs write above what they quote, in their users' languages: Gmail, Outlook, Apple Mail, Thunderbird,
Yahoo, Samsung and Zoho. In lower case."""

import re
from collections.abc import Iterable


def phrases(text: str) -> tuple[str, ...]:
    """Phrases with a bar between them; the longest first, so that a pattern made of them finds all of a phrase."""
    return tuple(sorted((" ".join(part.split()) for part in text.split("|")), key=len, reverse=True))


def any_of(words: Iterable[str]) -> str:
    """A pattern for them."""
    return "|".join(map(re.escape, words))


# "… wrote:" with a name before or after it.
WROTE = phrases("""
    wrote | writes | schrieb | schrieben | hat geschrieben | geschrieben | a écrit | écrivait | escribió |
    ha escrito | escreveu | ha scritto | scrive | schreef | heeft geschreven | geschreven | het volgende geschreven |
    skrev | skreiv | kirjoitti | ezt írta | írta | napisał | napisała | napisał(a) | napisał/a | pisze | napsal |
    napsala | napsal(a) | napsal/a | napísal | napísala | napísal(a) | napisal | napisala | napisao | napisao/la |
    je napisao | şunu yazdı | şunları yazdı | yazdı | tarihinde yazdı | написал | написала | написал(а) | пишет |
    писал | писал(а) | пише | написав | написав(ла) | написа | έγραψε | έγραψαν | a scris | va escriure | ha escrit |
    kirjutas | rakstīja | parašė | rašė | đã viết | menulis | napisał/-a | skrifaði | wrote the following |
    idatzi du | שכתב | כתב | כתבה | מאת | كتب | كتبت | تمت كتابة ما يلي بواسطة | نوشت | เขียนว่า | 写道 | 寫道 |
    書きました | のメール | 작성 | 님이 작성 | 님이 씀
""")

# With what such a line begins, unless it is a date or a name.
STARTS = phrases("""
    on | am | le | el | il | il giorno | em | a | op | den | d. | dne | dňa | dnia | w dniu | ons | στις | at | în |
    la | în data de | v | u | на | в | у | vào | pada | pada tanggal | baş | бұл | בתאריך | ב- | في | بتاريخ |
    در تاریخ | เมื่อ | 在 | 于 | 於 | kl | klo | az | egy | dana | gửi | quoting | de | von | from
""")

# The lines above a quoted mail, by what they say.
LABELS = {
    "from": phrases("""
        from | von | de | da | van | från | fra | lähettäjä | feladó | od | nadawca | odesílatel | odosielateľ |
        kimden | gönderen | от | от кого | від | від кого | από | αποστολέας | 差出人 | 送信者 | 发件人 | 寄件者 |
        寄件人 | 發件人 | 보낸 사람 | 보낸사람 | 발신 | de la | expediteur | expéditeur | remitente | mittente |
        remetente | afzender | absender | avsändare | avsender | afsender | saatja | no | nuo | מאת | من | từ |
        dari | จาก
    """),
    "date": phrases("""
        wysłane | odeslané | küldés ideje | gönderilme | gönderilme tarihi | відправлено | отправлен | verstuurd |
        sent on | sent | date | sent at | date sent | gesendet | gesendet am | datum | envoyé | envoyé le | enviado |
        enviado el | enviada em | enviado em | enviada | fecha | data | inviato | data invio | verzonden |
        verzonden op | skickat | sendt | dato | lähetetty | päivämäärä | pvm | elküldve | küldve | dátum | dátuma |
        wysłano | wyslano | odesláno | odoslané | poslano | poslané | gönderildi | gönderme tarihi | tarih |
        отправлено | дата | дата и время | надіслано | στάλθηκε | εστάλη | ημερομηνία | αποστολή | 送信日時 | 日時 |
        日付 | 送信 | 发送时间 | 发送日期 | 發送時間 | 日期 | 时间 | 時間 | 寄件日期 | 보낸 날짜 | 보낸날짜 | 날짜 |
        발신일 | trimis | saadetud | kuupäev | nosūtīts | išsiųsta | נשלח | תאריך | تاريخ الإرسال | التاريخ |
        đã gửi | ngày | dikirim | tanggal | ส่ง | วันที่
    """),
    "to": phrases("""
        to | an | à | a | para | aan | till | til | vastaanottaja | címzett | do | komu | kime | alıcı | кому |
        προς | 宛先 | 收件人 | 收件者 | 받는 사람 | 받는사람 | 수신 | către | destinataire | destinatario | kellele |
        kam | iki | אל | إلى | đến | kepada | ถึง | empfänger | mottagare
    """),
    "cc": phrases("""
        cc | kopie | copia | kopia | kopio | kopi | másolatot kap | dw | копия | копія | κοιν | 抄送 | 副本 | 참조
    """),
    "subject": phrases("""
        subject | betreff | objet | asunto | assunto | oggetto | onderwerp | ämne | emne | aihe | tárgy | temat |
        předmět | predmet | konu | тема | θέμα | 件名 | 主题 | 主題 | 标题 | 제목 | subiect | teema | temats | tema |
        נושא | الموضوع | chủ đề | perihal | subjek | เรื่อง | assumpte | re
    """),
}

# "-----Original Message-----" and the like: a line of its own.
ORIGINAL = phrases("""
    original message | original-nachricht | originalnachricht | ursprüngliche nachricht | message d'origine |
    message original | mensaje original | mensagem original | messaggio originale | messaggio originario |
    oorspronkelijk bericht | origineel bericht | ursprungligt meddelande | originalmeddelande | originalmelding |
    opprinnelig melding | oprindelig meddelelse | oprindelig besked | alkuperäinen viesti | eredeti üzenet |
    oryginalna wiadomość | wiadomość oryginalna | původní zpráva | pôvodná správa | orijinal mesaj | özgün ileti |
    исходное сообщение | исходное письмо | оригинальное сообщение | вихідне повідомлення | оригінальне повідомлення |
    πρωτότυπο μήνυμα | αρχικό μήνυμα | 元のメッセージ | 元のメール | 原始邮件 | 原始信件 | 原邮件 | 原始郵件 |
    원본 메시지 | 원본 메일 | original email | mesaj original | mesajul original | izvorna poruka |
    izvirno sporočilo | reply message | antwort nachricht
""")
FORWARDED = phrases("""
    forwarded message | begin forwarded message | weitergeleitete nachricht | anfang der weitergeleiteten nachricht |
    anfang der weitergeleiteten e-mail | message transféré | début du message réexpédié |
    début du message transféré | mensaje reenviado | inicio del mensaje reenviado | mensagem encaminhada |
    mensagem reencaminhada | início da mensagem encaminhada | messaggio inoltrato | inizio messaggio inoltrato |
    doorgestuurd bericht | begin doorgestuurd bericht | vidarebefordrat meddelande | vidarebefordrat brev |
    videresendt melding | videresendt meddelelse | videresendt besked | edelleenlähetetty viesti | välitetty viesti |
    továbbított üzenet | wiadomość przekazana dalej | przekazana wiadomość | přeposlaná zpráva | preposlaná správa |
    iletilen mesaj | yönlendirilmiş ileti | iletilmiş ileti | пересылаемое сообщение | пересланное сообщение |
    переслане повідомлення | προωθημένο μήνυμα | 転送メッセージ | 転送されたメッセージ | 转发邮件 | 转发的邮件 |
    轉寄郵件 | 전달된 메시지 | 전달된 메일
""")

# What subjects of answers and of mails sent on begin with.
REPLIES = frozenset(
    phrases("""
    antw | antwort | atb | aw | bls | odg | odp | r | re | ref | res | rif | rv | sv | vl | vs | ynt | απ | σχετ |
    на | отв | 回复 | 回覆 | 答复 | 返信 | 답장 | 회신
""")
)
FORWARDS = frozenset(
    phrases("""
    doorst | enc | fs | fw | fwd | i | ilt | pd | rv | továbbítás | tr | vb | vid | vl | vs | wg | πρθ | 転送 |
    轉寄 | 转发 | 전달
""")
)

# Whoever tells a story writes "you wrote"; no program does, but above lines with a mark.
_SOMEBODY = "i|we|you|he|she|they|ich|wir|sie|er|ihr|je|tu|il|elle|nous|vous|yo|ella|ik|wij|jij|jag|jeg|я|мы|вы|он"
_TELLS = r"wrote|writes|schrieb\w*|schreef|skrev|escrib\w+|écriv\w+|написал\w*|писал\w*"
TOLD = re.compile(rf"\b(?:(?:{_SOMEBODY})\s+(?:then |also |just )?(?:{_TELLS})|(?:{_TELLS})\s+(?:{_SOMEBODY}))\b")
