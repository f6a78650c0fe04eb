from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calendar", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="seat", name="sent_start", field=models.DateTimeField(blank=True, null=True)
        ),
    ]
