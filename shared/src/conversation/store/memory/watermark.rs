//! Up to when Zendesk was asked what changed.

use super::super::StoreError;
use super::super::watermark::Watermark;
use super::Memory;

impl Watermark for Memory {
    async fn watermark(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.table().watermark)
    }

    async fn set_watermark(&self, at: i64) -> Result<(), StoreError> {
        self.table().watermark = Some(at);
        Ok(())
    }
}
