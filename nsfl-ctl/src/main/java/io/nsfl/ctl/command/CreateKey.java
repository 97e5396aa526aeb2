package io.nsfl.ctl.command;

import io.nsfl.ctl.credential.SigningKey;
import io.nsfl.ctl.credential.TrustedKeys;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the key pair of an installation in mode {@code token}. */
@Command(name = "key", description = "Create a key pair that tokens are signed with.")
public final class CreateKey implements Callable<Integer> {
    private final Session session;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "FILE",
            defaultValue = "nsfl-signing-key.json",
            description = "Where the private key goes (default: ${DEFAULT-VALUE}); readable by you alone.")
    private Path key;

    @Option(
            names = "--public",
            paramLabel = "FILE",
            defaultValue = "nsfl-token-keys.json",
            description = "JWK set that the public key is added to (default: ${DEFAULT-VALUE}).")
    private Path open;

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            defaultValue = "ed25519",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private SigningKey.Algorithm algorithm;

    public CreateKey(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        SigningKey made = SigningKey.generate(algorithm, session.random());
        made.write(key);
        TrustedKeys.add(open, made);
        session.out().println("private key: " + key.toAbsolutePath().normalize() + " (keep it; it makes tokens)");
        session.out().println("public key:  " + open.toAbsolutePath().normalize() + " (for the servers)");
        session.out().println();
        session.out().println("job-scheduler and model-manager trust it with");
        session.out().println("  NSFL_AUTH_MODE=token");
        session.out()
                .println("  NSFL_AUTH_TOKEN_KEYFILES=" + open.toAbsolutePath().normalize());
        session.out().println("  NSFL_AUTH_TOKEN_ISSUER=" + CreateToken.NAME);
        return 0;
    }
}
