"""Made-up students: names as a class has them, and the ids that a school would give."""

from __future__ import annotations

import random
import unicodedata

from grader.model import Student

_FAMILIES = (
    "王 wang,李 li,张 zhang,刘 liu,陈 chen,杨 yang,赵 zhao,黄 huang,周 zhou,吴 wu,徐 xu,孙 sun,胡 hu,朱 zhu,高 gao,"
    "林 lin,何 he,郭 guo,马 ma,罗 luo,梁 liang,宋 song,郑 zheng,谢 xie,韩 han,唐 tang,冯 feng,于 yu,董 dong,萧 xiao,"
    "程 cheng,曹 cao"
)
_GIVEN = (
    "伟 wei,芳 fang,娜 na,敏 min,静 jing,丽 li,强 qiang,磊 lei,军 jun,洋 yang,勇 yong,艳 yan,杰 jie,娟 juan,涛 tao,"
    "明 ming,超 chao,秀英 xiuying,霞 xia,平 ping,刚 gang,桂英 guiying,子涵 zihan,浩然 haoran,欣怡 xinyi,宇轩 yuxuan,"
    "梓萱 zixuan,思远 siyuan,雨桐 yutong,佳怡 jiayi,天佑 tianyou,一诺 yinuo,博文 bowen,晓东 xiaodong,嘉豪 jiahao,"
    "诗涵 shihan"
)
_FIRST = (
    "Amina Aoife Arjun Beatriz Björn Carlos Chiara Dmitri Elif Emma Fatima Felix Gabriel Hana Ingrid Ivan Jakub João "
    "Kofi Lara Léa Liam Lucía Mariam Mateo Miriam Nadia Ngozi Noah Olga Omar Pavel Priya Rosa Samuel Sana Sofia Søren "
    "Tariq Tomás Valentina Yusuf Zoë Zuzanna Daniel Grace Hugo Isabel Marek Nora"
)
_LAST = (
    "Abebe Almeida Andersen Becker Bianchi Castillo Cohen Dubois Eriksson Fernández Fischer García Haddad Horváth "
    "Ibrahim Ivanova Jansen Jensen Kaya Khan Kowalski Kumar Larsen Lefèvre Lopes Mensah Meyer Moretti Murphy Müller "
    "Nagy Nowak O'Brien Okafor Olsen Papadopoulos Patel Petrov Popescu Quispe Rahman Rossi Santos Schmidt Sharma Silva "
    "Smith Sokolov Tanaka Vargas Weber Yilmaz"
)
_SECTIONS = ("A", "B", "C")


def students(number: int, rng: random.Random) -> list[Student]:
    """Return so many students, half of them with Chinese names, no two with one id. A few ids are Chinese themselves."""
    found: dict[str, Student] = {}
    while len(found) < number:
        name, login = _chinese(rng) if rng.random() < 0.5 else _other(rng)
        key = name if rng.random() < 0.05 and not name.isascii() and " " not in name else login
        unique, count = key, 1
        while unique in found:
            count += 1
            unique = f"{key}{count}"
        email = f"{login}{count if count > 1 else ''}.{len(found)}@example.edu"
        found[unique] = Student(unique, name, email, rng.choice(_SECTIONS))
    return list(found.values())


def _chinese(rng: random.Random) -> tuple[str, str]:
    family, family_login = rng.choice(_FAMILIES.split(",")).split()
    given, given_login = rng.choice(_GIVEN.split(",")).split()
    return family + given, f"{given_login}.{family_login}"


def _other(rng: random.Random) -> tuple[str, str]:
    first, last = rng.choice(_FIRST.split()), rng.choice(_LAST.split())
    return f"{first} {last}", f"{_plain(first)}.{_plain(last)}"


def _plain(name: str) -> str:
    """Return a name in the letters of a login."""
    spelled = name.replace("ø", "o").replace("Ø", "O").replace("ı", "i")
    letters = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha()).lower()
