package io.nsfl.ctl.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** How long something holds, as a user writes it: {@code 90m}, {@code 12h}, {@code 30d}. */
final class Lifetime {
    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,5})([mhd])");

    private Lifetime() {}

    static Duration of(String text, CommandSpec spec) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for --expires: " + text + " (write it as 90m, 12h or 30d).");
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
