package io.nsfl.standalone;

import io.nsfl.protocol.fault.FaultException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What {@code ./nsfl} does with the words of a call. Exit code 0: done; 1: it failed, with one sentence on standard error; 2: the words are
 * off, with what is wrong and where the help is.
 */
public final class Words {
    private final CommandLine line;

    /** @param root the command that stands for the program; each of the others is one of its subcommands */
    public Words(Object root, Object... commands) {
        line = new CommandLine(root);
        for (Object command : commands) {
            line.addSubcommand(command);
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((wrong, _) -> misused(wrong));
        line.setExecutionExceptionHandler((failure, command, _) -> failed(failure, command.getErr()));
    }

    /** @return the exit code */
    public int run(String... words) {
        return line.execute(words);
    }

    private static int misused(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("nsfl: " + wrong.getMessage());
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println("'" + command.getCommandSpec().qualifiedName().replaceFirst("^nsfl", "./nsfl")
                + " --help' tells what there is");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception failure, PrintWriter err) {
        String sentence = failure instanceof FaultException ? failure.getMessage() : "something unforeseen: " + failure;
        err.println("nsfl: " + sentence);
        return CommandLine.ExitCode.SOFTWARE;
    }
}
