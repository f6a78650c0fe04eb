import errno

import pytest

from controlroom.base import errors


def test_a_refusal_says_what_why_and_the_next_step_in_one_line():
    refusal = errors.InputRefused("take\n1.wav", "it is\ntext", "Export it again.")
    assert str(refusal) == "take 1.wav: it is text. Export it again."


def test_every_kind_of_failure_has_the_exit_code_of_the_contract():
    codes = {
        errors.UsageError: 2,
        errors.InputRefused: 3,
        errors.SongFileError: 3,
        errors.BlockingFindings: 4,
        errors.SurroundingsFailed: 5,
        errors.Cancelled: 130,
    }
    assert {kind: kind.exit_code for kind in codes} == codes


def test_a_song_file_error_names_its_line():
    assert str(errors.SongFileError("song.toml", 7, "tempo is no number")).startswith("song.toml, line 7: tempo")


@pytest.mark.parametrize(("number", "word"), [(errno.ENOSPC, "space"), (errno.EROFS, "may not be written")])
def test_the_disk_refusing_becomes_a_sentence(number, word):
    with pytest.raises(errors.SurroundingsFailed, match=word), errors.surroundings("out.wav"):
        raise OSError(number, "system words")
