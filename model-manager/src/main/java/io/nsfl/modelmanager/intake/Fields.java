package io.nsfl.modelmanager.intake;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.job.JobJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields of a request's body, with everything that is wrong about them. A JSON null is the same as no field. */
final class Fields {
    private static final int SHOWN = 80;

    private final ObjectNode body;
    private final List<Violation> violations = new ArrayList<>();

    Fields(ObjectNode body) {
        this.body = body;
    }

    JsonNode raw(String name) {
        JsonNode value = body.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** A text that is not blank, of at most so many characters. */
    Optional<String> text(String name, int longest) {
        JsonNode value = raw(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isString()) {
            violation(name, "must be a text in quotes");
            return Optional.empty();
        }
        String text = value.stringValue();
        if (text.length() > longest) {
            violation(name, "must have at most " + longest + " characters");
            return Optional.empty();
        }
        if (text.chars().anyMatch(character -> character == 0)) {
            violation(name, "must not hold the character U+0000");
            return Optional.empty();
        }
        return Optional.of(text).filter(given -> !given.isBlank());
    }

    String required(String name, int longest, String meaning) {
        Optional<String> text = text(name, longest);
        if (text.isEmpty() && (raw(name) == null || isBlank(name))) {
            violation(name, "must be given: " + meaning);
        }
        return text.orElse("");
    }

    void violation(String name, String message) {
        add("$." + name, raw(name), message);
    }

    /** Of something that is not in the body. */
    void violation(String place, String given, String message) {
        violations.add(new Violation(place, shown(given), message));
    }

    /** @throws FaultException MODEL_REQUEST_INVALID with all that was found */
    void raise(String subject) {
        if (!violations.isEmpty()) {
            String all = violations.stream().map(Violation::toString).collect(Collectors.joining("; "));
            throw new FaultException(
                    Fault.MODEL_REQUEST_INVALID, subject + " is refused: " + all + ".", List.copyOf(violations));
        }
    }

    private boolean isBlank(String name) {
        return raw(name).isString() && raw(name).stringValue().isBlank();
    }

    private void add(String path, JsonNode given, String message) {
        violations.add(new Violation(path, given == null ? "nothing" : shown(JobJson.text(given)), message));
    }

    private static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
