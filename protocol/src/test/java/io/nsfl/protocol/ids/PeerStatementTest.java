package io.nsfl.protocol.ids;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeerStatementTest {
    private final byte[] secret = new byte[32];
    private final PeerStatement statement = new PeerStatement("10.0.0.1", "CN=é, O=x.y", "ab12");

    @Test
    void isReadByWhoHasTheSecret() {
        assertThat(PeerStatement.verified(statement.signed(secret), secret)).contains(statement);
        PeerStatement bare = new PeerStatement("::1", "", "");
        assertThat(PeerStatement.verified(bare.signed(secret), secret)).contains(bare);
    }

    @Test
    void isWorthNothingWithAnotherSecretOrOtherWords() {
        byte[] other = new byte[32];
        other[0] = 1;
        String signed = statement.signed(secret);
        assertThat(PeerStatement.verified(signed, other)).isEmpty();
        assertThat(PeerStatement.verified("A" + signed.substring(1), secret)).isEmpty();
        assertThat(PeerStatement.verified(signed.substring(0, signed.length() - 1), secret))
                .isEmpty();
        assertThat(PeerStatement.verified(null, secret)).isEmpty();
        assertThat(PeerStatement.verified("", secret)).isEmpty();
        assertThat(PeerStatement.verified("x".repeat(100_000), secret)).isEmpty();
    }
}
