package io.nsfl.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    private final RouteTable table = new RouteTable();

    @Test
    void takesOverAListAndForgetsWhatIsNotInIt() {
        table.put("a-1", "a:1");
        table.rebuild(Map.of("b-1", "b:1"), table.moment());
        assertThat(table.find("a-1")).isEmpty();
        assertThat(table.find("b-1")).contains("b:1");
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void keepsWhatWasWrittenWhileTheListWasOnItsWay() {
        table.put("gone-1", "old:1");
        table.put("moved-1", "old:1");
        long asked = table.moment();
        table.remove("gone-1");
        table.put("moved-1", "new:1");
        table.put("new-1", "new:2");
        table.rebuild(Map.of("gone-1", "old:1", "moved-1", "old:1"), asked);

        assertThat(table.find("gone-1")).isEmpty();
        assertThat(table.find("moved-1")).contains("new:1");
        assertThat(table.find("new-1")).contains("new:2");
    }

    @Test
    void replacesAndRemovesOnlyWhatIsThere() {
        assertThat(table.replace("a-1", "a:1")).isFalse();
        assertThat(table.remove("a-1")).isFalse();
        table.put("a-1", "a:1");
        assertThat(table.replace("a-1", "a:2")).isTrue();
        assertThat(table.remove("a-1")).isTrue();
        assertThat(table.remove("a-1")).isFalse();
        assertThat(table.size()).isZero();
    }

    @Test
    void isBounded() {
        for (int job = 0; job < RouteTable.MOST; job++) {
            table.put("j-" + job, "a:1");
        }
        assertThat(table.put("one-more", "a:1")).isFalse();
        assertThat(table.put("j-0", "a:2")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"default-tf-mnist-fl:50051", "10.0.0.1:1", "[::1]:65535", "a.b.svc.cluster.local:50051"})
    void knowsAddresses(String text) {
        assertThat(RouteText.isAddress(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a:", "a:0", "a:65536", ":1", "a b:1", "a:1:2", "a:-1", "a/b:1", "$x:1", "a:1\n"})
    void knowsWhatIsNoAddress(String text) {
        assertThat(RouteText.isAddress(text)).isFalse();
    }
}
