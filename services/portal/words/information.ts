// The names of things both the server and the app speak of on the way to a go-live: standard items of the information list, trainings.

type Names = Readonly<Record<string, Readonly<Record<'zh' | 'en', string>>>>;

/** Standard items of the information list and of the handback, by key. */
export const ITEM_NAMES: Names = {
  'sub-accounts': { zh: '子账号', en: 'sub-accounts' },
  'backend-access': { zh: '后台权限', en: 'access to the back office' },
  'discount-authority': { zh: '优惠权限', en: 'discount authority' },
  'return-address': { zh: '退货地址', en: 'return address' },
  'shipping-promises': { zh: '发货承诺', en: 'shipping promises' },
  campaigns: { zh: '活动安排', en: 'campaigns' },
  'after-sale-rules': { zh: '售后规则', en: 'after-sale rules' },
  'banned-words': { zh: '违禁语', en: 'banned words' },
  'urgent-contacts': { zh: '紧急联系人', en: 'urgent contacts' },
  'open-tickets': { zh: '未完结工单', en: 'open tickets' },
};

/** Trainings, by kind. */
export const TRAINING_NAMES: Names = {
  product: { zh: '产品培训', en: 'product training' },
  shop: { zh: '店铺培训', en: 'shop training' },
  rules: { zh: '平台规则培训', en: 'rules training' },
};
