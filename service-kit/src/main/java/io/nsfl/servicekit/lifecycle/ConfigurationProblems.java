package io.nsfl.servicekit.lifecycle;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Collects what is wrong with a service's configuration, so that all of it is told at once. */
public final class ConfigurationProblems {
    private final String service;
    private final List<Violation> found = new ArrayList<>();

    /** @param service as the sentence names it */
    public ConfigurationProblems(String service) {
        this.service = service;
    }

    /**
     * Notes a problem, unless all is fine.
     *
     * @param name of the environment variable or property
     * @param given its value; never a secret
     * @param message what is needed
     */
    public void unless(boolean fine, String name, Object given, String message) {
        if (!fine) {
            String text = String.valueOf(given);
            found.add(new Violation(name, text.isEmpty() ? "nothing" : text, message));
        }
    }

    /** @throws FaultException CONFIGURATION_INVALID naming every problem, if there is one */
    public void raise() {
        if (!found.isEmpty()) {
            String all = found.stream().map(Violation::toString).collect(Collectors.joining("; "));
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID, "The " + service + "'s configuration is refused: " + all + ".", found);
        }
    }
}
