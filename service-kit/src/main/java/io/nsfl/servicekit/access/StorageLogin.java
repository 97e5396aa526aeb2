package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.access.NamespaceAccess.Answer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * HTTP basic with the object store's credentials. Good answers of the store hold for a minute, bad ones for ten seconds; at most a few
 * questions are open at once, and attempts that fail are bounded.
 */
final class StorageLogin implements Login {
    private static final Duration GOOD = Duration.ofSeconds(60);
    private static final Duration BAD = Duration.ofSeconds(10);
    private static final int QUESTIONS_AT_ONCE = 16;

    private final NamespaceAccess store;
    private final AttemptLimit attempts;
    private final Verdicts<Answer> verdicts;
    private final Semaphore questions = new Semaphore(QUESTIONS_AT_ONCE);

    StorageLogin(NamespaceAccess store, AttemptLimit attempts, InstantSource clock, SecureRandom random) {
        this.store = store;
        this.attempts = attempts;
        this.verdicts = new Verdicts<>(clock, random);
    }

    @Override
    public Caller authenticate(Optional<String> authorization, String address) {
        BasicCredentials given = BasicCredentials.of(authorization);
        Optional<Answer> before = verdicts.of(given.user(), given.password());
        if (before.filter(Answer.OPEN::equals).isEmpty()) {
            attempts.begin(address, given.user());
            Answer answer = before.orElseGet(() -> known(given, address));
            if (answer != Answer.OPEN) {
                throw unknown();
            }
            attempts.giveBack(address, given.user());
        }
        return new StorageCaller(given);
    }

    private Answer known(BasicCredentials given, String address) {
        try {
            Answer answer =
                    asked(() -> store.knows(given.user(), given.password()) ? Answer.OPEN : Answer.UNKNOWN_CREDENTIALS);
            verdicts.remember(answer, answer == Answer.OPEN ? GOOD : BAD, given.user(), given.password());
            return answer;
        } catch (FaultException noAnswer) {
            attempts.giveBack(address, given.user());
            throw noAnswer;
        }
    }

    private Answer asked(Supplier<Answer> question) {
        if (!questions.tryAcquire()) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "Too many logins wait for the object store: try again.",
                    Duration.ofSeconds(1),
                    null);
        }
        try {
            return question.get();
        } finally {
            questions.release();
        }
    }

    @Override
    public String challenge() {
        return "Basic realm=\"nsfl\", charset=\"UTF-8\"";
    }

    @Override
    public String word() {
        return "storage";
    }

    private static FaultException unknown() {
        return new FaultException(
                Fault.UNAUTHENTICATED, "The object store does not know this user with this password.");
    }

    private final class StorageCaller implements Caller {
        private final BasicCredentials credentials;

        StorageCaller(BasicCredentials credentials) {
            this.credentials = credentials;
        }

        @Override
        public String name() {
            return credentials.user();
        }

        @Override
        public Optional<Role> roleIn(String namespace) {
            String user = credentials.user();
            String password = credentials.password();
            Answer answer = verdicts.of(user, password, namespace).orElseGet(() -> {
                Answer fresh = asked(() -> store.opens(user, password, namespace));
                verdicts.remember(fresh, fresh == Answer.OPEN ? GOOD : BAD, user, password, namespace);
                return fresh;
            });
            return switch (answer) {
                case OPEN -> Optional.of(Role.ADMIN);
                case CLOSED -> Optional.empty();
                case ABSENT ->
                    throw new FaultException(
                            Fault.NAMESPACE_ABSENT,
                            "The namespace %s has no bucket in the object store: make it there, for example with: aws --endpoint-url http://HOST:PORT s3 mb s3://%s."
                                    .formatted(Printable.of(namespace), Printable.of(namespace)));
                case UNKNOWN_CREDENTIALS -> throw unknown();
            };
        }

        /** The store knows buckets only. */
        @Override
        public Optional<Role> roleEverywhere() {
            return Optional.empty();
        }
    }
}
