package io.nsfl.servicekit.lifecycle;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.validation.FieldError;

/**
 * Why a service did not start, for a person.
 *
 * @param sentences one for a single cause, one each for the problems of a configuration
 * @param exitCode of the process
 * @param foreseen false = a defect of ours: the stack trace belongs in the log
 */
public record StartFailure(List<String> sentences, int exitCode, boolean foreseen) {
    /** By name: a service without REST does not have the class, and a type that is absent cannot be switched on. */
    private static final String PORT_IN_USE = "org.springframework.boot.web.server.PortInUseException";

    /** Looks through the causes for what a person can do something about. */
    public static StartFailure of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            StartFailure known = known(cause);
            if (known != null) {
                return known;
            }
        }
        return new StartFailure(List.of(rootOf(failure).toString()), ExitCodes.FAILED, false);
    }

    private static StartFailure known(Throwable cause) {
        if (cause.getClass().getName().equals(PORT_IN_USE)) {
            return configuration(List.of(cause.getMessage() + ": stop what listens there or give another port."));
        }
        return switch (cause) {
            case FaultException fault ->
                new StartFailure(sentencesOf(fault), fault.fault().exitCode(), true);
            case BindValidationException invalid ->
                configuration(invalid.getValidationErrors().getAllErrors().stream()
                        .map(error -> error instanceof FieldError field
                                ? invalid.getValidationErrors().getName() + "." + field.getField() + " "
                                        + field.getDefaultMessage() + " (given: " + field.getRejectedValue() + ")"
                                : String.valueOf(error.getDefaultMessage()))
                        .toList());
            case UnboundConfigurationPropertiesException unknown ->
                configuration(unknown.getUnboundProperties().stream()
                        .map(property -> "The configuration key " + property.getName() + " is not known")
                        .sorted()
                        .toList());
            case ConfigurationPropertiesBindException bind
            when !deeper(bind) ->
                configuration(List.of(
                        "The configuration cannot be read: " + rootOf(bind).getMessage()));
            case IOException io
            when isBind(io) ->
                configuration(List.of("A server cannot listen where it should (" + io.getMessage()
                        + "): the port is in use already or the address is not this machine's."));
            default -> null;
        };
    }

    /** Of the JDK, or of gRPC, which hides the reason of its native transport behind an exception of no type of its own. */
    private static boolean isBind(IOException failure) {
        return failure instanceof BindException
                || String.valueOf(failure.getMessage()).startsWith("Failed to bind to address");
    }

    private static boolean deeper(Throwable bind) {
        for (Throwable cause = bind.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof BindValidationException
                    || cause instanceof UnboundConfigurationPropertiesException
                    || cause instanceof FaultException) {
                return true;
            }
        }
        return false;
    }

    private static List<String> sentencesOf(FaultException fault) {
        if (fault.violations().isEmpty()) {
            return List.of(fault.getMessage());
        }
        List<String> sentences = new ArrayList<>();
        for (Violation violation : fault.violations()) {
            sentences.add(violation.toString());
        }
        return sentences;
    }

    private static StartFailure configuration(List<String> sentences) {
        return new StartFailure(sentences, ExitCodes.CONFIGURATION, true);
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
