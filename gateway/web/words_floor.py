"""The words of the pages for sellers and shoppers, and of errors: French, English.

Part of `words`; a shopper is told what can be had in plain words and never a number.
"""

from __future__ import annotations

FLOOR: dict[str, tuple[str, str]] = {
    # what a shopper is told (gateway.web.shopper.Word)
    "shopper_here": ("Disponible", "Available"),
    "shopper_here_help": ("Vous le trouverez en rayon.", "You will find it on the shelf."),
    "shopper_few": ("Derniers exemplaires", "Last few"),
    "shopper_few_help": ("Il en reste très peu en rayon.", "Very few are left on the shelf."),
    "shopper_fetch": ("Disponible, en réserve", "Available, in the back"),
    "shopper_fetch_help": (
        "Demandez à un vendeur : il ira vous le chercher.",
        "Ask a member of staff: they will fetch it for you.",
    ),
    "shopper_none": ("Pas en magasin", "Not in the store"),
    "shopper_none_help": (
        "Il n’y en a plus en ce moment dans ce magasin.",
        "There is none left in this store right now.",
    ),
    "shopper_ask": ("Demandez-nous", "Please ask us"),
    "shopper_ask_help": (
        "Un vendeur vérifiera pour vous.",
        "A member of staff will check for you.",
    ),
    # landing page of a QR code
    "landing": ("Article", "Article"),
    "as_shopper": ("Vu par le client", "As a shopper sees it"),
    # shopper's screen
    "kiosk": ("Écran client", "Shopper’s screen"),
    "kiosk_title": ("Disponible en ce moment", "Available right now"),
    "kiosk_nothing": ("Demandez à nos vendeurs.", "Please ask our staff."),
    "kiosk_lost": ("Demandez à nos vendeurs.", "Please ask our staff."),
    "kiosk_page": ("{page} sur {pages}", "{page} of {pages}"),
    "kiosk_help": ("Touchez l’écran pour garder cette page.", "Touch the screen to stay here."),
    # seller
    "seller": ("Vendeur", "Seller"),
    "seller_search": ("Nom, taille, code-barres", "Name, size, barcode"),
    "seller_find": ("Chercher", "Search"),
    "seller_scan": ("Scanner", "Scan"),
    "seller_begin": (
        "Cherchez un nom ou une taille, tapez ou scannez un code-barres.",
        "Search for a name or a size, type or scan a barcode.",
    ),
    "seller_no_code": ("Ce code n’est pas au catalogue.", "This code is not in the catalogue."),
    "seller_more_one": ("+ 1 autre modèle : précisez.", "+ 1 more model: say more."),
    "seller_more": ("+ {count} autres modèles : précisez.", "+ {count} more models: say more."),
    "seller_free": ("{count} dispo", "{count} free"),
    "seller_look": ("à vérifier sur place", "go and look"),
    "seller_hold": ("Mettre de côté", "Put aside"),
    "seller_minutes": ("Durée", "For"),
    "seller_confirm": ("Confirmer", "Confirm"),
    "seller_cancel": ("Annuler", "Cancel"),
    "seller_held": ("mis de côté jusqu’à {time}.", "put aside until {time}."),
    "seller_undo": ("Annuler", "Undo"),
    "seller_undone": ("remis en vente.", "free again."),
    "seller_insufficient": (
        "Trop tard : {count} encore à promettre.",
        "Too late: {count} left to promise.",
    ),
    "seller_needs_token": (
        "Mettre de côté demande un jeton : saisissez le vôtre plus bas.",
        "Putting aside needs a token: enter yours below.",
    ),
    "seller_forbidden": (
        "Ce jeton ne permet que de lire.",
        "This token may only read.",
    ),
    "seller_failed": (
        "Rien n’a été mis de côté. Réessayez.",
        "Nothing was put aside. Try again.",
    ),
    "seller_no_camera": ("La caméra n’est pas accessible.", "The camera cannot be used."),
    "seller_noscript": (
        "Sans JavaScript on peut chercher, mais pas mettre de côté.",
        "Without JavaScript you can search, but not put aside.",
    ),
    "seller_token": ("Mon jeton", "My token"),
    "seller_token_label": ("Jeton", "Token"),
    "seller_token_keep": ("Garder sur ce téléphone", "Keep on this phone"),
    "seller_token_forget": ("Oublier", "Forget"),
    # errors, for people
    "lost": ("Introuvable", "Not found"),
    "lost_nothing": ("Cette page n’existe pas", "There is no such page"),
    "lost_nothing_help": ("Vérifiez l’adresse.", "Check the address."),
    "lost_article": ("Nous n’avons pas cet article", "We do not have this article"),
    "lost_article_help": (
        "Ce code n’est pas au catalogue de ce magasin.",
        "This code is not in this store’s catalogue.",
    ),
    "lost_code": ("Cette adresse n’est pas la bonne", "That is not the right address"),
    "lost_code_help": (
        "Un chiffre du code est peut-être faux : scannez-le de nouveau.",
        "A digit of the code may be wrong: scan it again.",
    ),
    "lost_token": ("Accès réservé", "Staff only"),
    "lost_token_help": (
        "Cette page demande un jeton comme mot de passe.",
        "This page asks for a token as its password.",
    ),
    "lost_other": ("Un problème est survenu", "Something went wrong"),
    "lost_other_help": ("Réessayez dans un instant.", "Try again in a moment."),
    "lost_home": ("Aller à l’accueil", "Go to the start page"),
}  # fmt: skip
