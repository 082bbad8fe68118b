"""The names of NGSI-LD's core @context (ETSI GS CIM 009, annex B), versions 1.3 to 1.8.

Later versions only add terms, so that one table serves all. Stored documents use these terms, plain
names of the default vocabulary, and IRIs for everything else.
"""

from __future__ import annotations

import re
from functools import lru_cache

NGSI_LD = "https://uri.etsi.org/ngsi-ld/"
DEFAULT_VOCABULARY = "https://uri.etsi.org/ngsi-ld/default-context/"
CORE_CONTEXT = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
CORE_CONTEXTS = re.compile(r"https?://uri\.etsi\.org/ngsi-ld/v1/ngsi-ld-core-context(-v1\.[3-9])?\.jsonld\Z")
NULL = "urn:ngsi-ld:null"

_NGSI_LD_TERMS = """
Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration Date
DateTime EntityType EntityTypeInfo EntityTypeList GeoProperty JsonProperty LanguageProperty ListProperty
ListRelationship Notification Property Relationship Subscription TemporalProperty Time VocabProperty accept
attributeCount attributeDetails attributeList attributeName attributeNames attributeTypes attributes attrs
avg cacheDuration containedBy contextSourceAlias contextSourceExtras contextSourceInfo contextSourceTimeAt
contextSourceUptime cooldown createdAt csf data datasetId deletedAt detail distinctCount endAt endTimeAt
endpoint entities entity entityCount entityId entityList entityMap error errors expiresAt format geoQ
geoproperty geometryProperty georel hasObject hasObjects hasValue hasValues idPattern information instanceId
isActive join joinLevel json jsonKeys jsons jsonldContext lang languageMap languageMaps lastFailure
lastNotification lastSuccess linkedMaps localOnly location management managementInterval max min mode
modifiedAt notUpdated notification notificationTrigger notifiedAt notifierInfo object objectList objectLists
objectType objects observationInterval observationSpace observedAt omit operationSpace operations pick
previousJson previousLanguageMap previousObject previousObjectList previousValue previousValueList
previousVocab propertyNames q reason receiverInfo refreshRate registrationId registrationName
relationshipNames scope scopeQ showChanges startAt status stddev subscriptionId subscriptionName success sum
sumsq sysAttrs temporalQ tenant throttling timeAt timeInterval timeout timeproperty timerel timesFailed
timesSent totalCount triggerReason typeList typeName typeNames unchanged unitCode updated uri value valueList
valueLists values vocab vocabs watchedAttributes
"""
_GEOJSON_TERMS = """
Feature FeatureCollection GeometryCollection LineString MultiLineString MultiPoint MultiPolygon Point Polygon
bbox coordinates features geometry properties
"""

CORE: dict[str, str] = {
    **{term: NGSI_LD + term for term in _NGSI_LD_TERMS.split()},
    **{term: f"https://purl.org/geojson/vocab#{term}" for term in _GEOJSON_TERMS.split()},
    "description": "http://purl.org/dc/terms/description",
    "title": "http://purl.org/dc/terms/title",
    "id": "@id",
    "type": "@type",
}
CORE_REVERSE: dict[str, str] = {iri: term for term, iri in CORE.items()}
PREFIXES = {"ngsi-ld": NGSI_LD, "geojson": "https://purl.org/geojson/vocab#"}

# An absolute URI as far as an id needs it (RFC 3986): a scheme, and no character that it forbids.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+\Z")
# A term (clause 4.6.2): a letter first, and none of the characters that the query language uses.
_TERM = re.compile(r"[^\W\d_][\w:.#/~%@+-]*\Z")


def is_uri(value: object) -> bool:
    """Whether ``value`` can be an entity's id, a relationship's object or a datasetId."""
    return isinstance(value, str) and len(value) <= 512 and _URI.match(value) is not None


@lru_cache(maxsize=8192)
def is_name(value: str) -> bool:
    """Whether ``value`` can name a type or an attribute: a term, a compact IRI or an IRI."""
    return 0 < len(value) <= 300 and (_TERM.match(value) is not None or _URI.match(value) is not None)


def to_iri(stored: str) -> str:
    """The IRI of a stored name."""
    iri = CORE.get(stored)
    if iri is not None:
        return iri
    return stored if ":" in stored else DEFAULT_VOCABULARY + stored


def to_stored(iri: str) -> str:
    """The name by which documents keep ``iri``."""
    term = CORE_REVERSE.get(iri)
    if term is not None:
        return term
    if iri.startswith(DEFAULT_VOCABULARY):
        rest = iri[len(DEFAULT_VOCABULARY) :]
        if rest and ":" not in rest and rest not in CORE:
            return rest
    return iri
