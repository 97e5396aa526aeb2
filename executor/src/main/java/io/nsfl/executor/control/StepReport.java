package io.nsfl.executor.control;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.sandbox.PlainFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a script stepped, as its SDK wrote it to {@value #FILE}.
 *
 * @param length how far the steps carry a gradient of 1: K eta, the sum of the rates where they differ, more with momentum
 * @param byGradient whether the script left the gradient at the round's model (option I) instead
 */
record StepReport(double length, boolean byGradient) {
    static final String FILE = "control.json";
    private static final long LARGEST_FILE = 1 << 16;

    /** @throws FaultException RESULT_MISSING when there is none, SCRIPT_FAILED when it says nothing that can be used */
    static StepReport read(Path workspace) {
        Path file = PlainFiles.find(workspace, FILE)
                .orElseThrow(() -> new FaultException(
                        Fault.RESULT_MISSING,
                        "The job's optimizer is scaffold, but the script did not say how it stepped: train with the optimizer"
                                + " that create_optimizer gives, and hand it to commit_weights(model, optimizer)."));
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw unusable("it is larger than 64 KiB");
            }
            ObjectNode report = JobJson.object(Files.readAllBytes(file));
            double length = report.path("step_length").asDouble(Double.NaN);
            if (!(length >= 0) || Double.isInfinite(length)) {
                throw unusable("step_length is " + report.path("step_length"));
            }
            return new StepReport(length, report.path("by_gradient").asBoolean(false));
        } catch (IOException e) {
            throw unusable(e.getMessage());
        }
    }

    private static FaultException unusable(String why) {
        return new FaultException(
                Fault.SCRIPT_FAILED, FILE + ", which the SDK writes for scaffold, cannot be used: " + why + ".");
    }
}
