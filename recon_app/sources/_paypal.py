"""What PayPal calls its transactions: event codes and, in the lists that lack them, words by language.

The codes are language-free: developer.paypal.com/docs/reports/reference/tcodes. The direction of a line is
its sign and not its code: T0006 is a sale for the one and a purchase for the other. Words are those seen in
downloads of 2014 to 2026; a word that is not here is kept as other and named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from recon_app.models.record import Category
from recon_app.sources._balance import Meaning, TypeTable, folded
from recon_app.sources._base import Ints

ACCOUNT = "paypal"
#: Lines of these categories move no money.
STILL = frozenset({Category.AUTHORIZATION.value, Category.VOID.value})

_RESERVE = (Category.RESERVE_HELD, Category.RESERVE_RELEASED)
_DISPUTE = (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL)
# money the merchant sends is neither a sale nor its refund
_PAYMENT = (Category.ADJUSTMENT, Category.CHARGE)
_REFUND = (Category.REFUND, Category.ADJUSTMENT)
# what comes back was not paid out and goes into a later withdrawal
_WITHDRAWAL = (Category.PAYOUT, Category.CARRY_OVER)

_CODES = TypeTable(
    {
        "t00*": _PAYMENT,
        "t01*": Category.FEE,
        "t02*": Category.ADJUSTMENT,  # conversions: two lines, one in each currency
        "t03*": Category.ADJUSTMENT,  # from the merchant's bank account
        "t04*": _WITHDRAWAL,
        "t05*": Category.ADJUSTMENT,
        "t06*": Category.ADJUSTMENT,
        "t07*": Category.ADJUSTMENT,  # from the merchant's card
        "t08*": Category.ADJUSTMENT,
        "t09*": Category.ADJUSTMENT,
        "t10*": Category.ADJUSTMENT,
        "t11*": Category.ADJUSTMENT,
        "t1101": Category.CARRY_OVER,
        "t1105": _RESERVE,
        "t1106": _DISPUTE,
        "t1107": _REFUND,
        "t1108": Category.FEE,
        "t1109": Category.FEE,
        # a hold and its end: the dispute itself is a line of its own, and counting both would be twice
        "t1110": _RESERVE,
        "t1111": _RESERVE,
        "t12*": Category.ADJUSTMENT,
        "t1201": _DISPUTE,
        "t1202": _DISPUTE,
        "t1205": _DISPUTE,
        "t1207": _DISPUTE,
        "t1208": _DISPUTE,
        "t13*": Category.AUTHORIZATION,
        "t1302": Category.VOID,
        "t14*": Category.ADJUSTMENT,
        "t15*": _RESERVE,
        "t16*": Category.ADJUSTMENT,
        "t17*": Category.ADJUSTMENT,
        "t18*": Category.ADJUSTMENT,
        "t19*": Category.ADJUSTMENT,
        "t20*": Category.ADJUSTMENT,
        "t21*": _RESERVE,
        "t22*": _RESERVE,
        "t97*": Category.ADJUSTMENT,
        "t98*": Category.VOID,  # for display only
    }
)
_CODE = re.compile(r"[Tt][0-9]{4}")

# en, de, fr, it, es
_WORDS: dict[Meaning, str] = {
    _PAYMENT: """
        General Payment | Website Payment | Express Checkout Payment | Mobile Payment | Donation Payment
        Subscription Payment | Mass Pay Payment | eBay Auction Payment | Virtual Terminal Payment
        Direct Credit Card Payment | Direct Payment | Third Party Payment | Postage Payment | Payment
        PreApproved Payment Bill User Payment | Payment Received | Payment Sent
        Web Accept Payment Received | Web Accept Payment Sent | Express Checkout Payment Received
        Express Checkout Payment Sent | Shopping Cart Payment Received | Shopping Cart Payment Sent
        Recurring Payment Received | Recurring Payment Sent | Preapproved Payment Sent
        Website-Zahlung | PayPal Express-Zahlung | Express-Kaufabwicklung | Handyzahlung | Zahlung
        Allgemeine Zahlung | eBay-Auktionszahlung | Spendenzahlung
        Zahlung im Einzugsverfahren mit Zahlungsrechnung
        Paiement Express Checkout | Paiement DCC | Paiement standard | Paiement de don
        Pagamento Express Checkout | Pagamento preautorizzato utenza | Pagamento su sito web
        Pagamento da cellulare
        Pago con Pago exprés""",
    _REFUND: """
        Payment Refund | Refund | Rückzahlung | Remboursement de paiement | Rimborso di pagamento
        Reembolso de pago""",
    _DISPUTE: "Chargeback | Chargeback Reversal | Payment Reversal | Reversal",
    Category.FEE: """
        Chargeback Fee | Dispute Fee | Partner Fee | Payment Fee | Fee Reversal | Mass Pay Fee
        Cancelled Fee
        Rücklastschriftgebühr""",
    Category.ADJUSTMENT: """
        General Currency Conversion | User Initiated Currency Conversion | Currency Conversion
        Bank Deposit to PP Account | General Credit Card Deposit | General Account Correction
        Add Funds from a Bank Account | Charge From Credit Card | General Bonus
        Coupon Redemption | Tax collected by partner | PayPal Protection Bonus
        Allgemeine Währungsumrechnung | Währungsumrechnung durch Nutzer
        Bankgutschrift auf PayPal-Konto | Allgemeine Gutschrift auf Kreditkarte
        Allgemeine Abbuchung von Kreditkarte
        Conversion de devise standard | Conversione di valuta generica | Conversión de divisas general
        Versamento generico con carta | Bonifico bancario sul conto PayPal""",
    _WITHDRAWAL: """
        General Withdrawal | General Withdrawal - Bank Account | User Initiated Withdrawal | Auto-sweep
        Withdraw Funds to Bank Account | Withdraw Funds to a Bank Account
        Allgemeine Abbuchung | Allgemeine Abbuchung \u2013 Bankkonto | Allgemeine Abbuchung - Bankkonto
        Von Nutzer eingeleitete Abbuchung | Bankabbuchung von PayPal-Konto | Auszahlung auf das Bankkonto
        Virement standard | Retrait initié par l'utilisateur | Trasferimento avviato dall'utente""",
    _RESERVE: """
        Payment Hold | Payment Release | Payment Review Hold | Payment Review Release | General Hold
        General Hold Release | Reserve Hold | Reserve Release | Tax Hold | Tax Release
        Temporary Hold | Hold on Available Balance | Hold on Balance for Dispute Investigation
        Cancellation of Hold for Dispute Resolution | Account Hold for Open Authorization
        Account Hold for Open Authorisation | Reversal of General Account Hold
        Einbehaltung für offene Autorisierung | Rückbuchung allgemeiner Einbehaltung
        Rückbuchung allgemeiner Kontoeinbehaltung
        Suspension de paiement | Déblocage de paiement | Solde suspendu pour enquête sur un litige
        Annulation de la suspension pour résolution du litige
        Blocco conto per autorizzazione aperta | Storno di blocco conto generico
        Annullamento blocco per risoluzione contestazione""",
    Category.AUTHORIZATION: """
        General Authorization | General Authorisation | Authorization | Order | Allgemeine Autorisierung""",
    Category.VOID: """
        Void | Void of Authorization | Shopping Cart Item | Warenkorbartikel
        Invoice Sent | Rechnung gesendet
        Request Sent | Request Received""",
}
_WORDS_OF_TYPES = TypeTable(
    {
        folded(word): meaning
        for meaning, words in _WORDS.items()
        for line in words.splitlines()
        for word in line.split("|")
        if word.strip()
    }
)


def by_code(codes: Sequence[str], amounts: Ints) -> list[str]:
    """The category of each line by its event code and direction."""
    return _CODES.categories(codes, amounts)


def by_word(types: Sequence[str], codes: Sequence[str], amounts: Ints) -> list[str]:
    """The category of each line by its event code where it has one, otherwise by the word for its type."""
    coded = [bool(_CODE.fullmatch(code)) for code in codes]
    words = _WORDS_OF_TYPES.categories(types, amounts)
    if not any(coded):
        return words
    pairs = zip(_CODES.categories(codes, amounts), words, coded, strict=True)
    return [category if has_code else word for category, word, has_code in pairs]
