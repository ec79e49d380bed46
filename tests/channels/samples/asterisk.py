"""Rows of Master.csv as Asterisk 1.8 to 20 write them, with and without the columns that are turned on."""

from tests.channels.samples import Made

SOURCE = Made(settings={"numbers": "+44 20 7946 0018"}, secret="asterisk-key", timezone="Europe/London")

QUEUED = (
    b'"","07700900123","5000","from-trunk","""Anna of the shop"" <07700900123>","PJSIP/trunk-0000001a",'
    b'"PJSIP/201-0000001b","Queue","billing,t,,,60","2026-03-02 11:00:00","2026-03-02 11:00:04",'
    b'"2026-03-02 11:04:16",256,252,"ANSWERED","DOCUMENTATION","pbx-1772449200.26","","","pbx-1772449200.26",12\n'
)  # 21 columns
SECOND_LEG = (
    b'"","07700900123","202","from-queue","""Anna of the shop"" <07700900123>","Local/202@from-queue-0000001c;1",'
    b'"PJSIP/202-0000001d","Dial","PJSIP/202,20","2026-03-02 11:00:05","","2026-03-02 11:00:25",20,0,"NO ANSWER",'
    b'"DOCUMENTATION","pbx-1772449205.28","","","pbx-1772449200.26",13\n'
)
MISSED = (
    b'"","07700900456","5000","from-trunk","07700900456","SIP/trunk-0000001e","SIP/201-0000001f","Dial",'
    b'"SIP/201,30","2026-03-02 12:00:00","","2026-03-02 12:00:30",30,0,"NO ANSWER","DOCUMENTATION"\n'
)  # 16 columns
DIALLED = (
    b'"","201","07700900789","internal","""Desk"" <201>","SIP/201-00000020","SIP/trunk-00000021","Dial",'
    b'"SIP/trunk/07700900789","2026-03-02 13:00:00","","2026-03-02 13:00:09",9,0,"BUSY","DOCUMENTATION",'
    b'"1772456400.32"\n'
)  # 17: a unique id
NOTED = (
    b'"","07700900123","5000","from-trunk","07700900123","SIP/trunk-00000022","SIP/201-00000023","Dial","SIP/201",'
    b'"2026-03-02 14:00:00","2026-03-02 14:00:03","2026-03-02 14:01:00",60,57,"ANSWERED","DOCUMENTATION",'
    b'"https://recordings.example/7.wav?key=secret"\n'
)  # 17: a user field
OLDER = (
    b'"","07700900456","5000","from-trunk","07700900456","SIP/trunk-00000024","SIP/201-00000025","Dial","SIP/201",'
    b'"2026-03-02 15:00:00","2026-03-02 15:00:03","2026-03-02 15:01:00",60,57,"ANSWERED","DOCUMENTATION",'
    b'"1772463600.36","asked about order 1043"\n'
)  # 18 columns
INTERNAL = b'"","201","202","internal","","SIP/201-1","SIP/202-2","Dial","","2026-03-02 16:00:00","","",5,0,"BUSY",""\n'
FILES = [
    ("Master.csv", QUEUED + SECOND_LEG + MISSED + INTERNAL + b"\n" + DIALLED),
    ("Master.csv.1", NOTED + OLDER + QUEUED),
]
DRAFTS = 6
