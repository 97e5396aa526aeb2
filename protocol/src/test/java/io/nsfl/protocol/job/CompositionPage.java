package io.nsfl.protocol.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** docs/composition.md, made from the table that decides. */
final class CompositionPage {
    private static final String INTRODUCTION = """
            # What combines with what

            A job may ask for several features. Where two of them contradict each other the job is refused when it is created, with both names and
            the reason. This page is made from the table that decides (`io.nsfl.protocol.job.Composition`); a test holds them together.

            `+` combines, a number refers to the reason below. Features of one block (one `aggregation`, one `optimizer`, …) exclude each other
            because a job has each block once; `downlink` has a key of its own. `CombinationsE2E` runs every pair that combines.
            """;

    private CompositionPage() {}

    static String text() {
        List<Feature> features = List.of(Feature.values());
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
        return page.toString();
    }

    private static String cell(Feature row, Feature column, Map<String, Integer> reasons) {
        if (row == column) {
            return "·";
        }
        if (row.excludes(column)) {
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
