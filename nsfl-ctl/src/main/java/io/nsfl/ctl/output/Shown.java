package io.nsfl.ctl.output;

import java.util.regex.Pattern;

/**
 * What others wrote (servers, clients, scripts) as text for a terminal. Control characters could colour it, move the cursor over what was
 * shown before, set the window's title or type answers; marks of direction could show it in another order.
 */
public final class Shown {
    private static final Pattern COMMANDS =
            Pattern.compile("[\\x00-\\x08\\x0B-\\x1F\\x7F-\\x9F\\u202A-\\u202E\\u2066-\\u2069]");

    private Shown() {}

    /** The text with a question mark for each such character; line breaks and tabs stay. */
    public static String of(String text) {
        return COMMANDS.matcher(text.replace("\r\n", "\n")).replaceAll("?");
    }
}
