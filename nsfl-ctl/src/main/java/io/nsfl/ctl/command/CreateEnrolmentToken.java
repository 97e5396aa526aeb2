package io.nsfl.ctl.command;

import io.nsfl.ctl.credential.EnrolmentToken;
import io.nsfl.ctl.credential.SecretFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes a token that clients enrol with. */
@Command(name = "enrolment-token", description = "Create a token that clients enrol with.")
public final class CreateEnrolmentToken implements Callable<Integer> {
    private static final int MOST = 99_999;

    private final Session session;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-n", "--clients"},
            paramLabel = "N",
            defaultValue = "1",
            description = "How many clients may use it (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = {"-e", "--expires"},
            paramLabel = "TIME",
            defaultValue = "7d",
            description = "How long it can be used: minutes (m), hours (h) or days (d) (default: ${DEFAULT-VALUE}).")
    private String expires;

    @Option(
            names = {"-t", "--tokens-file"},
            paramLabel = "FILE",
            description = "The selector's file of enrolment tokens: its line is added there; shown without.")
    private Path tokens;

    @Option(
            names = {"-o", "--output-file"},
            required = true,
            paramLabel = "FILE",
            description = "A new file for the token, readable by you alone: the client's enrolment_token_file.")
    private Path file;

    public CreateEnrolmentToken(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (clients < 1 || clients > MOST) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for --clients: " + clients + " (from 1 to " + MOST + ").");
        }
        Instant until = session.clock().instant().plus(Lifetime.of(expires, spec));
        EnrolmentToken token = EnrolmentToken.generate(clients, until, session.random());
        SecretFile.create(file, token.text() + "\n");
        session.out().println("enrolment token: " + file.toAbsolutePath().normalize() + " (for the client)");
        if (tokens == null) {
            session.out().println("line for the selector's NSFL_SELECTOR_ENROLMENTTOKENSFILE:");
            session.out().println(token.line());
        } else {
            token.allowIn(tokens);
            session.out().println("allowed in:      " + tokens.toAbsolutePath().normalize() + " (for the selector)");
        }
        return 0;
    }
}
