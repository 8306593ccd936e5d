"""What accounts pay: contracts, the ledger of recurring revenue, renewals, costs."""
