package io.nsfl.protocol.ids;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.regex.Pattern;

/** What a namespace may be called: something that can be a directory and, where it is one of an object store, a bucket. */
public final class NamespaceName {
    /** The rule in words, as the predicate of a sentence. */
    public static final String RULE =
            "must have 1 to 253 letters, digits, underscores, dashes and dots, and begin with neither a dash nor a dot";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,252}");

    private NamespaceName() {}

    public static boolean isOne(String text) {
        return NAME.matcher(text).matches();
    }

    /** The name as a request's path has it. @throws FaultException PATH_UNKNOWN for what no namespace can be called */
    public static String inPath(String text) {
        if (!isOne(text)) {
            throw new FaultException(
                    Fault.PATH_UNKNOWN, "There is nothing at this path: a namespace %s.".formatted(RULE));
        }
        return text;
    }
}
