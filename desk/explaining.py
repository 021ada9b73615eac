"""Why a message ended where it did: evidence with weights, and the reading with its places."""

from __future__ import annotations

from desk.errors import UnknownNameError
from desk.office import Office
from desk.views import View, document_words, message_view, number, reason
from ledger.records import DocumentName, Finding, MessageOutcome, SubmissionIntent


def explanation(office: Office, message: str) -> View:
    """A message, its evidence (heaviest first), and what was read of it for each obligation.

    Raises:
        UnknownNameError: there is no such message.
    """
    outcome = office.ledger.message(message)
    if outcome is None:
        raise UnknownNameError("desk.unknown_item", name=message)
    return explained(office, outcome)


def explained(office: Office, outcome: MessageOutcome) -> View:
    """The same of a message that is known already."""
    view = message_view(outcome, office.regime.timezone, office.wording)
    view["evidence"] = [
        {
            "about": item.about,
            "points_to": item.points_to,
            "kind": item.kind,
            "weight": item.weight,
            "text": item.text,
            "place": item.place,
        }
        for item in sorted(outcome.evidence, key=lambda item: (item.about, -item.weight))
    ]
    view["submissions"] = [_submission_view(office, intent) for intent in outcome.submissions]
    view["findings"] = [_finding_view(office, finding) for finding in outcome.findings]
    return view


def _submission_view(office: Office, intent: SubmissionIntent) -> View:
    return {
        "unit": intent.key.unit,
        "report": intent.key.report,
        "period": intent.key.period,
        "role": intent.role.value,
        "accepted": intent.accepted,
        "document": _document_view(office, intent.document),
        "values": [
            {
                "indicator": value.indicator,
                "sex": value.sex.value,
                "value": number(value.value),
                "unit_of_measure": value.unit_of_measure,
                "place": ", ".join(filter(None, (value.place.file, value.place.where))),
                "file": value.place.file,
                "where": value.place.where,
                "text": value.place.text,
                "method": value.method.value,
                "certainty": value.certainty.value,
                "reason": value.reason or None,
            }
            for value in intent.values
        ],
        "sections": [
            {"section": section.section, "text": section.text, "place": section.place.where}
            for section in intent.sections
        ],
        "findings": [_finding_view(office, finding) for finding in intent.findings],
    }


def _document_view(office: Office, document: DocumentName | None) -> View | None:
    if document is None:
        return None
    return {
        "number": document.number,
        "date": document.dated.isoformat() if document.dated else None,
        "sentence": document_words(document, office.wording),
        "place": ", ".join(filter(None, (document.place.file, document.place.where))),
    }


def _finding_view(office: Office, finding: Finding) -> View:
    place = finding.place
    return {
        "code": finding.code,
        "grade": finding.grade.value,
        "sentence": reason(finding.code, office.wording, finding.parameters),
        "place": ", ".join(filter(None, (place.file, place.where))) or None if place else None,
        "text": place.text if place else None,
    }
