"""Says of each value how long its period is; what it writes is forgotten with the column."""

import re

from django.db import migrations

# as SDMX writes them; frozen here, whatever the room does later
FORMS = {
    r"\d{4}": "year",
    r"\d{4}-S[12]": "half",
    r"\d{4}-Q[1-4]": "quarter",
    r"\d{4}-\d\d": "month",
    r"\d{4}-\d\d-\d\d": "day",
    r"\d{4}-\d\d-\d\d/P\d+D": "range",
}


def fill(apps, schema_editor):
    values = apps.get_model("hubs_data", "IndicatorValue")._base_manager
    for period in set(values.filter(length="").values_list("period", flat=True)):
        length = next((name for form, name in FORMS.items() if re.fullmatch(form, period)), "")
        values.filter(period=period, length="").update(length=length)


class Migration(migrations.Migration):
    dependencies = [("hubs_data", "0002_computations")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
