"""The answers: what there is, a product as it was built, a page that is not there, and how the server is."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from saphan.publish.products import pages
from saphan.web.shelf import FIGURES, TYPES, Page, Shelf
from saphan.web.words import chosen, languages, own_name, words

# A browser may keep an answer, but asks each time whether a build has replaced it.
asked_again = cache_control(no_cache=True)


@require_safe
@asked_again
@vary_on_headers("Accept-Language")
def home(request: HttpRequest) -> HttpResponse:
    """The landing page: products by language, the list of figures, the dataset; or what to do if there are none."""
    context = _context(request)
    shelf = _shelf()
    context["products"] = [
        {
            "page": _in(context["language"], editions),
            "editions": [{"name": own_name(page.language), "page": page} for page in editions],
        }
        for editions in shelf.products
    ]
    context["dataset"] = shelf.dataset
    return render(request, "home.html", context)


@require_safe
@asked_again
def product(request: HttpRequest, path: str) -> HttpResponse:
    """A file of the products, byte for byte; Http404 if the path leads to none."""
    shelf = _shelf()
    found = shelf.find(path)
    if found is None:
        if shelf.find(f"{path}/"):
            return HttpResponsePermanentRedirect(f"{request.path}/")
        raise Http404
    try:
        content = found.read_bytes()
    except OSError as error:  # a build put another folder in its place between the two
        raise Http404 from error
    return HttpResponse(content, content_type=TYPES[found.suffix])


@require_safe
@cache_control(max_age=86400)
def icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for an icon of every site; there is none, which is no fault."""
    return HttpResponse(status=204)


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Whether the process answers; looks at nothing else, so that a full disk does not have it started again."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests may be sent here: each thing looked at by name, true or false; 503 if one is not well."""
    products = Path(settings.PRODUCTS)
    found = {"products": products.is_dir() and os.access(products, os.R_OK), **settings.READY()}
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to an address where nothing lies: what may have been meant, and where to start."""
    context = _context(request)
    path = request.path_info.strip("/").removesuffix("/index.html")
    if path.startswith(f"{FIGURES}/"):
        context["nearest"] = difflib.get_close_matches(path.removeprefix(f"{FIGURES}/"), _shelf().figures(), n=5)
    return render(request, "absent.html", context, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """The answer to a fault of ours; reads nothing that could be at fault itself."""
    return HttpResponse(words("en")["failed"], content_type="text/plain; charset=utf-8", status=500)


def _shelf() -> Shelf:
    return Shelf(root=settings.PRODUCTS)


def _context(request: HttpRequest) -> dict[str, Any]:
    """What every page of ours needs: its language and the others, words, style, and what the register says."""
    shelf = _shelf()
    indexes = shelf.indexes
    offered = [page.language for page in indexes] or list(languages())
    language = chosen(request.headers.get("Accept-Language", ""), request.GET.get("language", ""), offered)
    return {
        "language": language,
        "languages": [{"code": code, "name": own_name(code)} for code in offered],
        "say": words(language),
        "style": mark_safe(pages.style(False)),  # our own style sheet
        "release": shelf.release,
        "index": _in(language, indexes) if indexes else None,
    }


def _in(language: str, editions: tuple[Page, ...]) -> Page:
    return next((page for page in editions if page.language == language), editions[0])
