"""Every number has one bin, and the edges belong where people expect them."""

import random

from grader.report.distribution import mean, percent_bins, point_bins, quantile, second_bins


def test_ten_bins_of_percent_hold_all_and_full_marks_are_in_the_last():
    shares = [0.0, 0.1, 0.3, 0.7, 0.7000000000000001, 0.999, 1.0]
    counts = [b.count for b in percent_bins(shares)]
    assert counts == [1, 1, 0, 1, 0, 0, 0, 2, 0, 2]


def test_full_marks_have_a_bin_of_their_own():
    assert [(b.label, b.count) for b in point_bins([0, 0.5, 2, 2.5, 3], 3)] == [("0", 2), ("1", 0), ("2", 2), ("3", 1)]
    many = point_bins([0, 24.5, 25, 49.9, 50], 50)
    assert [b.count for b in many] == [1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1] and many[-1].label == "50"
    assert [b.count for b in point_bins([12.5, 13], 13)][-2:] == [1, 1]


def test_times_are_binned_from_the_first_to_the_last():
    bins = second_bins([0.0, 0.06, 0.3, 9.99, 10.0])
    assert [b.label for b in bins] == ["0", "0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10"]
    assert [b.count for b in bins] == [1, 1, 0, 1, 0, 0, 0, 1, 1] and second_bins([]) == ()


def test_quantiles_and_means():
    assert quantile([], 0.5) is None and mean([]) is None
    assert (
        quantile([3, 1, 2], 0.5) == 2
        and quantile([1, 2], 0.5) == 1.5
        and quantile([1, 2], 1) == 2
        and quantile([7], 0.95) == 7
    )
    values = [random.Random(n).random() for n in range(100)]
    assert mean(values) == mean(sorted(values))
