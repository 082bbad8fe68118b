"""What the operations of NGSI-LD do to a document (clauses 5.5.8, 5.5.12, 5.6): pure functions.

Each takes the present document and gives the next one; attributes are told apart by name and datasetId.
Which attributes were touched, added or refused comes back beside it, for timestamps and for answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from beichen.problem import ProblemError
from beichen.registry.document.expansion import Attribute, Entity, Instance, is_null
from beichen.registry.document.forms import FORMS, VALUE_MEMBERS
from beichen.registry.document.names import NULL
from beichen.registry.problems import bad_data, not_found

Document = dict[str, Any]
HEAD = ("id", "type", "scope")


@dataclass(slots=True)
class Result:
    """The next document, and what happened to each attribute: (name, datasetId or "")."""

    document: Document
    touched: set[tuple[str, str]] = field(default_factory=set)
    updated: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def instances(attribute: Attribute | None) -> dict[str, Instance]:
    """The instances of an attribute by datasetId; "" is the default instance."""
    if attribute is None:
        return {}
    listed = attribute if isinstance(attribute, list) else [attribute]
    return {item.get("datasetId", ""): item for item in listed}


def pack(found: dict[str, Instance]) -> Attribute:
    """The attribute of some instances: one stands alone, several in a list."""
    listed = list(found.values())
    return listed[0] if len(listed) == 1 else listed


def _put(result: Result, name: str, found: dict[str, Instance]) -> None:
    if found:
        result.document[name] = pack(found)
    else:
        result.document.pop(name, None)


def _touch(result: Result, name: str, dataset: str) -> None:
    result.touched.add((name, dataset))
    if name not in result.updated:
        result.updated.append(name)


def types_of(document: Document) -> list[str]:
    """The types of a document, the first first."""
    value = document["type"]
    return [value] if isinstance(value, str) else list(value)


def _head(result: Result, entity: Entity, *, overwrite: bool = True) -> None:
    """Add types and set scopes: types are only ever added (clause 5.6.2)."""
    document = result.document
    types = list(dict.fromkeys([*types_of(document), *entity.types]))
    if types != types_of(document):
        document["type"] = types[0] if len(types) == 1 else types
        result.updated.append("type")
    if entity.scopes is None:
        return
    scopes = entity.scopes
    if not overwrite and "scope" in document:
        present = document["scope"]
        scopes = list(dict.fromkeys([*([present] if isinstance(present, str) else present), *scopes]))
    if scopes:
        document["scope"] = scopes[0] if len(scopes) == 1 else scopes
    else:
        document.pop("scope", None)
    result.updated.append("scope")


def _sorted(document: Document) -> Document:
    """The document with its head first."""
    head = {name: document[name] for name in HEAD if name in document}
    return {**head, **{name: value for name, value in document.items() if name not in head}}


def replace_entity(document: Document, entity: Entity) -> Result:
    """All attributes, types and scopes anew."""
    result = Result(entity.document())
    for name, attribute in entity.attributes.items():
        for dataset in instances(attribute):
            _touch(result, name, dataset)
    return result


def append(document: Document, entity: Entity, *, overwrite: bool = True) -> Result:
    """Add attributes; those that exist are replaced, or refused with noOverwrite (clause 5.6.3)."""
    result = Result(dict(document))
    _head(result, entity, overwrite=overwrite)
    for name, attribute in entity.attributes.items():
        found = instances(document.get(name))
        for dataset, instance in instances(attribute).items():
            if dataset in found and not overwrite:
                result.refused[name] = "the attribute exists"
                continue
            if is_null(instance):
                found.pop(dataset, None)
            else:
                found[dataset] = instance
            _touch(result, name, dataset)
        _put(result, name, found)
    result.document = _sorted(result.document)
    return result


def update(document: Document, entity: Entity) -> Result:
    """Replace or add attributes; the Null removes, and is refused where nothing is (clause 5.6.2)."""
    result = Result(dict(document))
    if entity.scopes is not None and "scope" not in document:
        result.refused["scope"] = "the object has no scope"
        entity = replace(entity, scopes=None)
    _head(result, entity)
    for name, attribute in entity.attributes.items():
        found = instances(document.get(name))
        for dataset, instance in instances(attribute).items():
            if dataset not in found and is_null(instance):
                result.refused[name] = "the attribute does not exist"
            elif is_null(instance):
                del found[dataset]
                _touch(result, name, dataset)
            else:
                found[dataset] = instance
                _touch(result, name, dataset)
        _put(result, name, found)
    result.document = _sorted(result.document)
    return result


def _find(document: Document, name: str, dataset: str) -> dict[str, Instance]:
    found = instances(document.get(name))
    if dataset not in found:
        which = f" with datasetId {dataset}" if dataset else ""
        raise not_found(f"the object has no attribute {name}{which}", f"/{name}")
    return found


def _same_form(present: Instance, patch: Instance, name: str) -> None:
    wanted, given = present["type"], patch.get("type", present["type"])
    if wanted != given:
        raise ProblemError(bad_data(f"{name} is a {wanted}, not a {given}", f"/{name}/type"))


def patch_attribute(document: Document, name: str, patch: Instance) -> Result:
    """Change members of one instance (clause 5.6.4). Raises ProblemError REG-104 when it is not there."""
    result = Result(dict(document))
    if name in HEAD:
        raise ProblemError(bad_data(f"{name} is no attribute", "/attrId"))
    dataset = patch.get("datasetId", "")
    if dataset == NULL:
        raise ProblemError(bad_data("a datasetId cannot be removed", "/datasetId"))
    found = _find(document, name, dataset)
    if is_null(patch):
        del found[dataset]
    else:
        present = found[dataset]
        _same_form(present, patch, name)
        merged = {**present, **patch, "type": present["type"]}
        found[dataset] = {key: value for key, value in merged.items() if not _is_removal(value)}
    _put(result, name, found)
    _touch(result, name, dataset)
    return result


def _is_removal(value: Any) -> bool:
    return value == NULL or (isinstance(value, dict) and "type" in value and is_null(value))


def replace_attribute(document: Document, name: str, attribute: Attribute) -> Result:
    """One instance anew (clause 5.6.19). Raises ProblemError REG-104 when it is not there."""
    result = Result(dict(document))
    found = instances(document.get(name))
    for dataset, instance in instances(attribute).items():
        _find(document, name, dataset)
        found[dataset] = instance
        _touch(result, name, dataset)
    _put(result, name, found)
    return result


def remove_attribute(document: Document, name: str, dataset: str, *, every: bool) -> Result:
    """Remove one instance, or all (clause 5.6.5). Raises ProblemError REG-104 when there is none."""
    result = Result(dict(document))
    if name == "scope" and "scope" in document:
        del result.document["scope"]
        result.updated.append("scope")
        return result
    if every and name in document and name not in HEAD:
        found: dict[str, Instance] = {}
    else:
        found = _find(document if name not in HEAD else {}, name, dataset)
        del found[dataset]
    _put(result, name, found)
    _touch(result, name, dataset)
    return result


def merge_value(present: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396) with the NGSI-LD Null instead of null."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(present) if isinstance(present, dict) else {}
    for key, value in patch.items():
        if value == NULL:
            merged.pop(key, None)
        else:
            merged[key] = merge_value(merged.get(key), value)
    return merged


def _merge_instance(present: Instance, patch: Instance, lang: str | None) -> Instance:
    form = present["type"]
    if lang and form == "LanguageProperty" and patch.get("type") == "Property":
        patch = {**patch, "type": form, "languageMap": {lang: patch["value"]}}
        del patch["value"]
    if patch.get("type", form) != form:
        present = {key: value for key, value in present.items() if key not in VALUE_MEMBERS}
        form = patch["type"]
    merged = {**present, "type": form}
    member = FORMS[form].member
    for key, value in patch.items():
        if key == "type":
            continue
        if _is_removal(value) and key not in VALUE_MEMBERS:
            merged.pop(key, None)
        elif key == member and isinstance(value, dict) and form != "GeoProperty":
            merged[key] = merge_value(merged.get(key), value)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict) and "type" in merged[key]:
            merged[key] = _merge_instance(merged[key], value, lang)
        else:
            merged[key] = value
    return merged


def merge(document: Document, entity: Entity, *, lang: str | None = None, at: str | None = None) -> Result:
    """Merge a fragment into the document (clause 5.5.12). ``at`` is the observedAt of the request."""
    result = Result(dict(document))
    _head(result, entity)
    for name, attribute in entity.attributes.items():
        found = instances(document.get(name))
        for dataset, patch in instances(attribute).items():
            if is_null(patch):
                found.pop(dataset, None)
            elif dataset in found:
                merged = _merge_instance(found[dataset], patch, lang)
                if at and "observedAt" in merged and "observedAt" not in patch:
                    merged["observedAt"] = at
                found[dataset] = merged
            elif "type" in patch and FORMS[patch["type"]].member in patch:
                found[dataset] = merge_new(patch)
            else:
                result.refused[name] = "a new attribute has a value"
                continue
            _touch(result, name, dataset)
        _put(result, name, found)
    result.document = _sorted(result.document)
    return result


def merge_new(patch: Instance) -> Instance:
    """An instance that a merge adds: what the patch sets, without what it removes."""
    member = FORMS[patch["type"]].member
    kept = {key: value for key, value in patch.items() if not _is_removal(value)}
    if isinstance(kept.get(member), dict):
        kept[member] = merge_value({}, kept[member])
    return kept
