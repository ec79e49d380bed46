"""Finding texts that sound alike: TF-IDF, latent semantic analysis, then HDBSCAN of scikit-learn. Pure functions.

HDBSCAN because most of what people say belongs to no crowd, which it may say so, and because it asks for no number of
crowds. docs/listening.md has what it found on texts whose themes are known, and what others found.

Heavy to import: only the management command that suggests themes does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.cluster import HDBSCAN
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.preprocessing import normalize

SEED = 1683
WORD = r"[^\W\d_]{3,}"
LEAST = 40  # texts, below which nothing is compared
SMALLEST = 8  # texts that make a crowd, at least; one in `SHARE` of many
SHARE = 200
NEIGHBOURS = 5
DIRECTIONS = 100  # of the latent space
PLAIN = 0.5  # how much of a text that space must hold for it to be compared
TERMS = 8
ASKED = 4  # terms of a proposed query
ADDS = 0.05  # of the crowd, which every term has to add
SPECIFIC = 0.6  # how much of what a term finds must be of the crowd for it to be asked for
COMMON = 0.5  # words in more than this part of the texts say nothing; nor do those of `SAYS_NOTHING`, nor the rare
FRAGMENTS = ["ain", "aren", "couldn", "didn", "doesn", "don", "hadn", "hasn", "haven", "isn", "wasn", "won", "wouldn"]
SAYS_NOTHING = sorted({*ENGLISH_STOP_WORDS, *FRAGMENTS})


@dataclass(frozen=True, slots=True)
class TextCrowd:
    """`members` are places of texts, those nearest to the middle first; `terms` set them apart, the strongest first;
    `words` is the query proposed for them."""

    members: tuple[int, ...]
    terms: tuple[str, ...]
    words: str


def crowds(texts: Sequence[str]) -> list[TextCrowd]:
    """What sounds alike in these texts, the largest crowd first. The same texts in the same order give the same."""
    if len(texts) < LEAST:
        return []
    vectorizer = TfidfVectorizer(
        token_pattern=WORD, strip_accents="unicode", ngram_range=(1, 2), min_df=3, max_df=COMMON,
        stop_words=SAYS_NOTHING, sublinear_tf=True, max_features=6000,
    )  # fmt: skip
    try:
        weights = vectorizer.fit_transform(texts)
    except ValueError:  # no word is left
        return []
    if weights.shape[1] < 3:
        return []
    space, plain = _space(weights)
    labels = np.full(len(texts), -1)
    smallest = max(SMALLEST, len(texts) // SHARE)
    if plain.sum() > smallest:
        found = HDBSCAN(min_cluster_size=smallest, min_samples=NEIGHBOURS, copy=True)
        labels[plain] = found.fit_predict(space[plain])
    names = vectorizer.get_feature_names_out()
    made = [_crowd(labels == label, weights, space, names) for label in range(labels.max() + 1)]
    return sorted((crowd for crowd in made if crowd.words), key=lambda crowd: (-len(crowd.members), crowd.terms))


def _space(weights: Any) -> tuple[Any, Any]:
    """Where each text is in the latent space, on the unit sphere, and which of them it holds at all."""
    directions = min(DIRECTIONS, weights.shape[1] - 1, weights.shape[0] - 1)
    space = TruncatedSVD(directions, random_state=SEED).fit_transform(weights)
    held = np.linalg.norm(space, axis=1) > PLAIN * (np.asarray(weights.getnnz(axis=1)) > 0)
    return normalize(space), held & (np.linalg.norm(space, axis=1) > 1e-9)


def _crowd(inside: Any, weights: Any, space: Any, names: Any) -> TextCrowd:
    members = np.flatnonzero(inside)
    middle = space[members].mean(axis=0)
    nearest = members[np.argsort(-(space[members] @ middle), kind="stable")]
    apart = np.asarray(weights[inside].mean(axis=0) - weights[~inside].mean(axis=0)).ravel()
    strongest = np.argsort(-apart, kind="stable")[:TERMS]
    terms = [str(names[place]) for place in strongest if apart[place] > 0]
    words = _query(strongest[: len(terms)], terms, inside, weights)
    return TextCrowd(tuple(map(int, nearest)), tuple(_without_echo(terms)), words)


def _without_echo(terms: Sequence[str]) -> Iterator[str]:
    """Terms that add a word to those before them."""
    said: set[str] = set()
    for term in terms:
        if not said.issuperset(term.split()):
            yield term
        said.update(term.split())


def _query(places: Any, terms: Sequence[str], inside: Any, weights: Any) -> str:
    """Terms that are said in the crowd and hardly elsewhere, in web-search syntax; two words: both of them."""
    said = {
        term: np.asarray(weights[:, [place]].todense()).ravel() > 0 for place, term in zip(places, terms, strict=True)
    }
    specific = {term: (found & inside).sum() / max(found.sum(), 1) for term, found in said.items()}
    asked: list[str] = []
    caught = np.zeros(len(inside), dtype=bool)
    while len(asked) < ASKED:
        worth = {term: (said[term] & inside & ~caught).sum() * specific[term] ** 2
                 for term in terms if specific[term] >= SPECIFIC}  # fmt: skip
        best = max(worth, key=lambda term: worth[term], default="")
        if not best or worth[best] < ADDS * inside.sum():
            break
        asked.append(best)
        caught |= said[best]
    return " or ".join(asked)
