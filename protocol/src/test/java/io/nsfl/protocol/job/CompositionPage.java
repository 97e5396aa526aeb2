package io.nsfl.protocol.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** docs/composition.md, made from the table that decides. */
final class CompositionPage {
    private static final String INTRODUCTION = """
            # What combines with what

            A job may ask for several features. Where two of them contradict each other the job is refused when it is created, with both names and
            the reason. This page is made from the table that decides (`io.nsfl.protocol.job.Composition`); a test holds them together.

            `+` combines, a number refers to the reason below. Features of one block (one `aggregation`, one `optimizer`, …) exclude each other
            because a job has each block once. `CombinationsE2E` runs every pair that combines.
            """;

    private CompositionPage() {}

    /** Whether a job could ask for both. */
    static boolean separate(Feature one, Feature other) {
        return !one.block().equals(other.block()) || one == Feature.DOWNLINK_DELTA || other == Feature.DOWNLINK_DELTA;
    }

    private static boolean offered(Feature feature) {
        return JobConfigReader.forCreate("default", CompositionTest.job(feature)).violations().stream()
                .noneMatch(violation -> violation.message().contains("not offered by this build"));
    }

    static String text() {
        List<Feature> features =
                Stream.of(Feature.values()).filter(CompositionPage::offered).toList();
        Map<String, Integer> reasons = new LinkedHashMap<>();
        StringBuilder page = new StringBuilder(INTRODUCTION).append('\n');
        page.append("| | | ")
                .append(features.stream().map(CompositionPage::letter).collect(Collectors.joining(" | ")))
                .append(" |\n|---|---|")
                .append("---|".repeat(features.size()))
                .append('\n');
        for (Feature row : features) {
            page.append("| ")
                    .append(letter(row))
                    .append(" | ")
                    .append(row.title())
                    .append(" | ");
            page.append(features.stream()
                            .map(column -> cell(row, column, reasons))
                            .collect(Collectors.joining(" | ")))
                    .append(" |\n");
        }
        page.append('\n');
        reasons.forEach((reason, number) ->
                page.append(number).append(". One of them ").append(reason).append(".\n"));
        page.append("\nNot offered yet, and refused when a job is created: ")
                .append(Stream.of(Feature.values())
                        .filter(feature -> !offered(feature))
                        .map(Feature::title)
                        .collect(Collectors.joining("; ")))
                .append(".\n");
        return page.toString();
    }

    private static String cell(Feature row, Feature column, Map<String, Integer> reasons) {
        if (row == column) {
            return "·";
        }
        if (!separate(row, column)) {
            return "";
        }
        return Composition.refusal(row, column)
                .map(reason -> String.valueOf(reasons.computeIfAbsent(reason, _ -> reasons.size() + 1)))
                .orElse("+");
    }

    private static String letter(Feature feature) {
        return String.valueOf((char) ('A' + feature.ordinal()));
    }
}
