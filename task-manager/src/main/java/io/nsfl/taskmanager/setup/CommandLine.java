package io.nsfl.taskmanager.setup;

import io.nsfl.protocol.fault.Violation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Flags in their usual forms: {@code --name value}, {@code --name=value}, {@code -f value} for {@code --config_file}. */
final class CommandLine {
    private CommandLine() {}

    /** The flags by name; what is no flag is a violation. */
    static Map<String, String> flags(List<String> arguments, List<Violation> violations) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String name = argument.equals("-f") ? "config_file" : argument.replaceFirst("^--?", "");
            int equals = name.indexOf('=');
            if (!argument.startsWith("-")) {
                violations.add(new Violation(argument, argument, "is not a flag; write --name value"));
            } else if (equals >= 0) {
                flags.put(name.substring(0, equals), name.substring(equals + 1));
            } else if (i + 1 < arguments.size()) {
                i++;
                flags.put(name, arguments.get(i));
            } else {
                violations.add(new Violation(argument, "nothing", "needs a value"));
            }
        }
        return flags;
    }
}
