"""What columns are called in German, French and Spanish: canonical column → names without case, signs and accents, the likeliest first."""

from __future__ import annotations

import unicodedata

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
NAMES = {
    "account": "konto kontoid kontonummer kunde kundeid kundenid kundennr kundennummer firma firmaid firmenid firmenname unternehmen mandant mandantid "
    "compte idcompte client idclient entreprise societe cuenta idcuenta cliente idcliente empresa",
    "user": "benutzer benutzerid benutzername nutzer nutzerid nutzername anwender mitarbeiter bearbeiter utilisateur idutilisateur usuario idusuario",
    "time": "zeitpunkt zeitstempel ereigniszeit datumuhrzeit zeit datum horodatage dateheure fechahora fecha",
    "event": "ereignis ereignisname ereignistyp aktion vorgang evenement nomevenement evento nombreevento accion",
    "id": "ereignisid ereignisnummer idevenement idevento",
    "created": "angelegtam angelegt erstelltam erstellt anlagedatum registriertam kundeseit seit datecreation creele fechacreacion creado",
    "role": "rolle funktion rol fonction", "team": "abteilung gruppe equipe equipo departamento", "email": "emailadresse mailadresse courriel correo",
    "invited": "eingeladenam eingeladen inviteele invitado", "joined": "beigetretenam beigetreten", "deactivated": "deaktiviertam ausgetretenam",
    "start": "beginn vertragsbeginn startdatum gueltigab von debut datedebut inicio fechainicio",
    "end": "ende vertragsende enddatum gueltigbis bis fin datefin fechafin",
    "mrr": "monatsbetrag monatspreis betrag preis montantmensuel montant importe cuota", "currency": "waehrung devise moneda divisa",
    "seats": "lizenzen plaetze sitze anzahlnutzer sieges asientos", "plan": "tarif tarifname paket forfait tarifa", "renews": "verlaengerung verlaengertam",
    "ticket": "ticketnummer ticketnr vorgangsnummer", "opened": "eroeffnetam eroeffnet ouvertle abierto", "resolved": "geloestam geloest geschlossenam geschlossen erledigtam resolule resuelto",
    "category": "kategorie thema categorie categoria", "workflow": "bereich modul", "severity": "schwere schweregrad gravite gravedad", "month": "monat mois mes",
    "sales_and_marketing": "vertriebundmarketing vertriebskosten marketingkosten", "cogs": "betriebskosten herstellkosten",
}  # fmt: skip


def plain(name: str) -> str:
    """A name without case, signs and accents: `Gültig ab` → `gueltigab`."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).casefold().translate(UMLAUTS))
    return "".join(char for char in bare if char.isascii() and char.isalnum())
