package io.nsfl.protocol.job;

import io.nsfl.protocol.fault.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** What a reader noticed so far; shared by all parts of one document. */
final class Findings {
    private static final int SHOWN = 80;

    private final List<Violation> violations = new ArrayList<>();
    private final List<Violation> warnings = new ArrayList<>();

    void violation(String path, JsonNode given, String message) {
        violations.add(new Violation(path, shown(given), message));
    }

    boolean hasViolation(String path) {
        return violations.stream().anyMatch(violation -> violation.path().equals(path));
    }

    void warning(String path, JsonNode given, String message) {
        warnings.add(new Violation(path, shown(given), message));
    }

    boolean clean() {
        return violations.isEmpty();
    }

    /** The value is made only if nothing is wrong, so it may rely on every field. */
    <T> Reading<T> reading(Supplier<T> value) {
        return new Reading<>(clean() ? Optional.of(value.get()) : Optional.empty(), violations, warnings);
    }

    private static String shown(JsonNode given) {
        if (given == null || given.isMissingNode()) {
            return "nothing";
        }
        // Half a surrogate pair, which JSON can spell, cannot be written again.
        String text = new String(JobJson.text(given).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return text.length() <= SHOWN
                ? text
                : text.substring(0, text.offsetByCodePoints(0, Math.min(SHOWN, text.codePointCount(0, text.length()))))
                        + "…";
    }
}
