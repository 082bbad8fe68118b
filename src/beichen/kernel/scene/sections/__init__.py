"""The sections of the kernel's own rooms, which may not import this one, and of the room itself."""

from __future__ import annotations

from beichen.kernel.scene.section import PackageKind, Section
from beichen.kernel.scene.sections.bodies import BodiesSection
from beichen.kernel.scene.sections.pages import PagesSection
from beichen.kernel.scene.sections.people import PeopleSection
from beichen.kernel.scene.sections.python import PythonSection
from beichen.kernel.scene.sections.quality import QualitySection
from beichen.kernel.scene.sections.regions import RegionsSection
from beichen.kernel.scene.sections.roles import RolesSection
from beichen.kernel.scene.sections.stories import DemoSection, StoriesSection

SECTIONS: tuple[Section, ...] = (
    RegionsSection(),
    BodiesSection(),
    RolesSection(),
    PeopleSection(),
    PagesSection(PackageKind.SCENE),
    PagesSection(PackageKind.CITY),
    StoriesSection(),
    DemoSection(),
    QualitySection(),
    PythonSection(),
)
