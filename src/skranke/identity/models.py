"""Accounts that log in, and tokens of programs. They belong to no clinic: one person may work in several."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from skranke.kernel import clock
from skranke.kernel.ids import new_id


class Account(models.Model):
    """One person who logs in as staff. What the person may do stands on the employee rows of each clinic."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=100, unique=True)
    display_name = models.CharField(max_length=200)
    language = models.CharField(max_length=5, default="nb")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)


class ApiToken(models.Model):
    """A bearer token of the REST API, kept as its SHA-256 only (hex).

    employee_id: the employee in whose name the program acts, in the clinic the token is tied to.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    clinic_id = models.UUIDField()
    employee_id = models.UUIDField()
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)
