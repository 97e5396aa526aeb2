package io.nsfl.ctl.command;

import io.nsfl.ctl.credential.SecretFile;
import io.nsfl.ctl.credential.SigningKey;
import io.nsfl.ctl.credential.Token;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Signs a token for a user of an installation in mode {@code token}. */
@Command(name = "token", description = "Create a token for a user of the API.")
public final class CreateToken implements Callable<Integer> {
    /** Who issues tokens, and whom they are for, where nobody says otherwise. */
    static final String NAME = "nsfl";

    private static final Set<String> ROLES = Set.of("viewer", "user", "admin");

    private final Session session;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "FILE",
            defaultValue = "nsfl-signing-key.json",
            description = "The private key, made by 'create key' (default: ${DEFAULT-VALUE}).")
    private Path key;

    @Option(
            names = {"-s", "--subject"},
            required = true,
            paramLabel = "USER",
            description = "Whom the token names.")
    private String subject;

    @Option(
            names = {"-r", "--role"},
            required = true,
            paramLabel = "NAMESPACE=ROLE",
            description = "viewer, user or admin of a namespace, * for all; may be repeated.")
    private Map<String, String> roles;

    @Option(
            names = {"-e", "--expires"},
            paramLabel = "TIME",
            defaultValue = "30d",
            description = "How long it holds: minutes (m), hours (h) or days (d) (default: ${DEFAULT-VALUE}).")
    private String expires;

    @Option(
            names = "--issuer",
            paramLabel = "NAME",
            defaultValue = NAME,
            description = "NSFL_AUTH_TOKEN_ISSUER of the servers (default: ${DEFAULT-VALUE}).")
    private String issuer;

    @Option(
            names = "--audience",
            paramLabel = "NAME",
            defaultValue = NAME,
            description = "NSFL_AUTH_TOKEN_AUDIENCE of the servers (default: ${DEFAULT-VALUE}).")
    private String audience;

    @Option(
            names = {"-o", "--output-file"},
            paramLabel = "FILE",
            description = "A new file for it, readable by you alone; printed without.")
    private Path file;

    public CreateToken(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (subject.isBlank()) {
            throw new ParameterException(spec.commandLine(), "Invalid value for --subject: it is empty.");
        }
        roles.forEach((namespace, role) -> {
            if (namespace.isBlank() || !ROLES.contains(role)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "Invalid value for --role: " + namespace + "=" + role + " (choose from viewer, user, admin).");
            }
        });
        Instant now = session.clock().instant();
        Instant until = now.plus(Lifetime.of(expires, spec));
        String token = new Token(issuer, audience, subject, roles, now, until).signed(SigningKey.read(key));
        if (file == null) {
            session.out().println(token);
        } else {
            SecretFile.create(file, token + "\n");
            session.out().println("token: " + file.toAbsolutePath().normalize() + " (until " + until + ")");
        }
        return 0;
    }
}
