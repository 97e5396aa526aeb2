package io.nsfl.ctl.command;

import io.nsfl.ctl.config.CtlConfig;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Keeps addresses and credentials for later calls. */
@Command(name = "config", description = "Keep addresses and credentials for later calls.")
public final class SetConfig implements Callable<Integer> {
    private static final String PROMPT = "";

    private final Session session;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-s", "--api-server"},
            paramLabel = "ADDRESS",
            description = "API server, host:port or a URL.")
    private String apiServer;

    @Option(
            names = {"-d", "--data-server"},
            paramLabel = "ADDRESS",
            description = "S3 data server, host:port or a URL.")
    private String dataServer;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "User at the data server and the API server.")
    private String user;

    @Option(
            names = {"-p", "--password"},
            arity = "0..1",
            fallbackValue = PROMPT,
            paramLabel = "PASSWORD",
            description = "Ask for the password (better than to give it here, where others may read it).")
    private String password;

    @Option(
            names = {"-c", "--certificate-path"},
            paramLabel = "FILE",
            description = "CA bundle for https, or none.")
    private String certificate;

    @Option(
            names = {"-t", "--token"},
            description = "Ask for a bearer token for the API server, in place of user and password there.")
    private boolean token;

    public SetConfig(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.files()
                .save(new CtlConfig(
                        Optional.ofNullable(apiServer),
                        Optional.ofNullable(dataServer),
                        Optional.ofNullable(certificate),
                        Optional.ofNullable(user),
                        Optional.ofNullable(password).map(given -> given.isEmpty() ? asked() : given),
                        token ? Optional.of(session.secret("token: ")) : Optional.empty()));
        session.out().println("Set config ok.");
        return 0;
    }

    private String asked() {
        String first = session.secret("password: ");
        if (first.isEmpty() || !first.equals(session.secret("Repeat for confirmation: "))) {
            throw new ParameterException(
                    spec.commandLine(),
                    first.isEmpty() ? "the password is empty." : "the two entered values do not match.");
        }
        return first;
    }
}
