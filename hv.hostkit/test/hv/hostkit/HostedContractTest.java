package hv.hostkit;

import org.junit.jupiter.api.DisplayName;

@DisplayName("The hosted host keeps the contract")
class HostedContractTest extends HostContract {
    @Override
    protected HostSubject open(int vps) {
        return new Loops();
    }
}
