package io.nsfl.ctl;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said of a call whose words are off: how the command goes, where its help is, and last what was wrong. */
final class Misuse {
    private static final int EXIT_CODE = 2;

    private Misuse() {}

    /** @return the exit code */
    static int explain(ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        PrintWriter err = command.getErr();
        String synopsis = new CommandLine.Help(
                        command.getCommandSpec(), CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .synopsis("Usage: ".length());
        err.print("Usage: " + synopsis);
        err.println("Try '" + name + " --help' for help.");
        err.println();
        err.println("Error: " + reason(exception));
        return EXIT_CODE;
    }

    private static String reason(ParameterException exception) {
        if (!(exception instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return exception.getMessage();
        }
        String word = unmatched.getUnmatched().getFirst();
        if (unmatched.isUnknownOption()) {
            return "No such option: " + word + meant(unmatched);
        }
        boolean chooses = !unmatched.getCommandLine().getSubcommands().isEmpty();
        return (chooses ? "No such command: " : "Got an argument too many: ") + word + meant(unmatched);
    }

    private static String meant(UnmatchedArgumentException unmatched) {
        List<String> near = unmatched.getSuggestions();
        return near.isEmpty() ? "" : ". Did you mean " + String.join(" or ", near) + "?";
    }
}
