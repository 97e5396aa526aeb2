package io.nsfl.modelmanager.intake;

import io.nsfl.modelmanager.upload.Report;
import io.nsfl.modelmanager.upload.Report.Outcome;
import io.nsfl.protocol.fault.FaultException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads an uploader's report; the original's client sends numbers also as texts. */
final class ReportRequest {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,20})?");
    private static final Pattern SHA_256 = Pattern.compile("[0-9A-Fa-f]{64}");

    private ReportRequest() {}

    /** @throws FaultException MODEL_REQUEST_INVALID */
    static Report read(ObjectNode body) {
        Fields fields = new Fields(body);
        Optional<String> state = fields.text("state", 100);
        Optional<Integer> progress = progress(fields);
        Optional<String> reason = fields.text("reason", 1000);
        Optional<String> sha256 = fields.text("sha256", 64);
        if (sha256.isPresent() && !SHA_256.matcher(sha256.get()).matches()) {
            fields.violation("sha256", "must be 64 hex digits");
        }
        if (fields.raw("state") == null
                && progress.filter(percent -> percent > 0).isEmpty()) {
            fields.violation(
                    "state",
                    "must be given (success, failed or uploading), or a progress above 0: nothing else can be updated");
        }
        fields.raise("The update");
        Outcome outcome = switch (state.orElse("")) {
            case "success" -> Outcome.SUCCEEDED;
            case "failed" -> Outcome.FAILED;
            default -> Outcome.UNDER_WAY;
        };
        return new Report(outcome, progress, reason.orElse("no reason was given"), sha256);
    }

    private static Optional<Integer> progress(Fields fields) {
        JsonNode given = fields.raw("progress");
        if (given == null) {
            return Optional.empty();
        }
        String text = given.isNumber() || given.isString() ? given.asString("").strip() : "";
        if (!NUMBER.matcher(text).matches() || new BigDecimal(text).compareTo(BigDecimal.valueOf(100)) > 0) {
            fields.violation("progress", "must be a number from 0 to 100");
            return Optional.empty();
        }
        return Optional.of(new BigDecimal(text).intValue());
    }
}
