package io.nsfl.ctl.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a shell needs to complete this command's words. */
@Command(
        name = "completion",
        description = "Print the completion script of a shell: source <(nsfl-ctl completion bash)")
public final class Completion implements Callable<Integer> {
    enum Shell {
        bash,
        zsh
    }

    private final Session session;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell;

    public Completion(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (shell == Shell.zsh) {
            session.out().println("autoload -U +X compinit && compinit");
            session.out().println("autoload -U +X bashcompinit && bashcompinit");
        }
        session.out().print(AutoComplete.bash("nsfl-ctl", spec.root().commandLine()));
        return 0;
    }
}
