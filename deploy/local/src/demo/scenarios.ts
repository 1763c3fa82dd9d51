// What people really write to a shop: the domain's situations as short dialogues. Variables in braces are filled by the generator.
// Source: domain.md P-07 to P-18 and the script situations of 8.9.

/** `wait`: how long an answer takes. quick: within the first-response allowance; slow: beyond it; late: minutes; next-day: after opening hours. */
export type Pace = 'at-once' | 'quick' | 'slow' | 'late' | 'next-day';

export interface Turn {
  readonly who: 'customer' | 'agent' | 'bot' | 'system' | 'shop-staff';
  readonly text: string;
  readonly pace: Pace;
}

export interface Scenario {
  readonly key: string;
  readonly serviceType: 'pre_sale' | 'after_sale';
  /** night: begins outside the service hours. */
  readonly when: 'day' | 'night';
  /** How often it occurs beside the others. */
  readonly weight: number;
  readonly turns: readonly Turn[];
}

const customer = (text: string, pace: Pace = 'quick'): Turn => ({ who: 'customer', text, pace });
const agent = (text: string, pace: Pace = 'quick'): Turn => ({ who: 'agent', text, pace });
const bot = (text: string): Turn => ({ who: 'bot', text, pace: 'at-once' });
const system = (text: string): Turn => ({ who: 'system', text, pace: 'at-once' });
const staff = (text: string, pace: Pace = 'slow'): Turn => ({ who: 'shop-staff', text, pace });

const WELCOME = '您好，欢迎光临{shop}，客服马上到，请稍等。';

export const scenarios: readonly Scenario[] = [
  {
    key: 'haggling',
    serviceType: 'pre_sale',
    when: 'day',
    weight: 5,
    turns: [
      customer('{product}能便宜点吗？'),
      bot(WELCOME),
      agent('您好，这款现在已经是活动价了。'),
      customer('隔壁店才卖{lower}块，{lower}我就拍'),
      agent('理解您的心情，我们家用料不一样，单件确实没有优惠空间，两件可以包邮。'),
      customer('那两件再减5块'),
      agent('我去问一下主管，您稍等。'),
      agent('主管同意了，两件减5块，您拍下先别付款，我改价。', 'slow'),
      customer('拍了'),
      agent('已改好，付款后今天发出。'),
    ],
  },
  {
    key: 'haggling-slow',
    serviceType: 'pre_sale',
    when: 'day',
    weight: 3,
    turns: [
      customer('老板，{product}最低多少'),
      bot(WELCOME),
      customer('在吗'),
      agent('在的，这款已是最低价，满两件包邮。', 'slow'),
      customer('太慢了，不买了'),
    ],
  },
  {
    key: 'size-advice',
    serviceType: 'pre_sale',
    when: 'day',
    weight: 4,
    turns: [
      customer('身高165体重110穿什么码'),
      agent('您好，建议选L码，喜欢宽松可以选XL。'),
      customer('会不会起球'),
      agent('这款含棉95%，正常洗涤不会起球。'),
      customer('好的，拍了'),
      agent('请核对：{product}，L码，地址与页面一致对吗？'),
      customer('对'),
    ],
  },
  {
    key: 'product-question',
    serviceType: 'pre_sale',
    when: 'day',
    weight: 5,
    turns: [
      customer('{product}保修多久'),
      bot(WELCOME),
      agent('全国联保一年，七天无理由退换。'),
      customer('支持开发票吗'),
      agent('支持，电子发票付款后三天内开出。'),
    ],
  },
  {
    key: 'out-of-stock',
    serviceType: 'pre_sale',
    when: 'day',
    weight: 2,
    turns: [
      customer('{product}白色还有吗'),
      agent('白色刚卖完，新到了米白，和白色很接近，我发链接给您。'),
      customer('什么时候补货'),
      agent('预计下周三到货，要不要我到货通知您？'),
      customer('要'),
    ],
  },
  {
    key: 'campaign',
    serviceType: 'pre_sale',
    when: 'day',
    weight: 3,
    turns: [
      customer('现在买和大促时候买价格一样吗'),
      agent('大促当天满300减50，现在买可以保价。', 'slow'),
      customer('怎么保价'),
      agent('差价在大促后七天内申请，我们补给您。', 'late'),
    ],
  },
  {
    key: 'shipping-urge',
    serviceType: 'after_sale',
    when: 'day',
    weight: 6,
    turns: [
      customer('什么时候发货？都两天了'),
      bot(WELCOME),
      agent('您好，马上帮您查。'),
      agent('您的包裹今天18点前发出。'),
      customer('别再骗我'),
      agent('今天发不出您随时找我，我跟到底。'),
    ],
  },
  {
    key: 'shipping-urge-slow',
    serviceType: 'after_sale',
    when: 'day',
    weight: 3,
    turns: [customer('我的货呢'), bot(WELCOME), customer('？？'), agent('仓库爆仓，明天最晚发出，抱歉让您久等。', 'late'), customer('行吧')],
  },
  {
    key: 'tracking',
    serviceType: 'after_sale',
    when: 'day',
    weight: 4,
    turns: [customer('快递三天没动了'), agent('我联系快递查一下，稍后回您。'), agent('快递说在中转站积压，明天派送。', 'late'), customer('好')],
  },
  {
    key: 'return',
    serviceType: 'after_sale',
    when: 'day',
    weight: 5,
    turns: [
      customer('收到的{product}有破损'),
      agent('非常抱歉，麻烦拍两张照片给我。'),
      customer('拍了，发你了'),
      agent('看到了，给您换新还是退款？'),
      customer('换新'),
      agent('已登记换新，旧件运费我们出，回寄地址发您了。', 'slow'),
      customer('谢谢'),
    ],
  },
  {
    key: 'return-size',
    serviceType: 'after_sale',
    when: 'day',
    weight: 3,
    turns: [customer('买大了想退'), agent('七天内不影响二次销售可以退，您在订单里申请即可。'), customer('运费谁出'), agent('有运费险，退回后自动赔付。')],
  },
  {
    key: 'refund-waiting',
    serviceType: 'after_sale',
    when: 'day',
    weight: 2,
    turns: [customer('退款怎么还没到'), agent('财务已处理，原路返回1到3天。', 'slow'), customer('都5天了'), agent('我升级给主管，今天内回复您。', 'late')],
  },
  {
    key: 'night-question',
    serviceType: 'pre_sale',
    when: 'night',
    weight: 4,
    turns: [customer('这么晚还有人吗，{product}怎么选'), bot(WELCOME), agent('您好，昨晚您的问题看到了，建议选标准款。', 'next-day'), customer('好，下单了')],
  },
  {
    key: 'night-shipping',
    serviceType: 'after_sale',
    when: 'night',
    weight: 2,
    turns: [customer('急！地址写错了'), bot(WELCOME), agent('已帮您改好地址，还没出库。', 'next-day'), customer('太好了')],
  },
  {
    key: 'abusive',
    serviceType: 'after_sale',
    when: 'day',
    weight: 1,
    turns: [
      customer('骗子店！！'),
      agent('您好，请问是哪一单遇到问题？'),
      customer('赔我200，不然全给你差评'),
      agent('您的心情我理解，商品问题我们按规定退换，赔付需要核实。'),
      customer('少废话，给钱'),
      agent('已登记并上报主管，请保留商品和照片。', 'slow'),
      customer('垃圾'),
    ],
  },
  { key: 'never-answered', serviceType: 'pre_sale', when: 'day', weight: 1, turns: [customer('{product}有现货吗'), bot(WELCOME)] },
  { key: 'never-answered-two', serviceType: 'after_sale', when: 'day', weight: 0.5, turns: [customer('少发了一件'), bot(WELCOME), customer('有人吗')] },
  {
    key: 'answered-by-the-shop',
    serviceType: 'after_sale',
    when: 'day',
    weight: 2,
    turns: [customer('我要找你们店长'), staff('我是店里的，您说。'), customer('上次说补的赠品没补'), staff('今天补寄，单号稍后发您。')],
  },
  {
    key: 'order-check',
    serviceType: 'pre_sale',
    when: 'day',
    weight: 3,
    turns: [customer('刚拍了，帮我备注不要放丰巢'), agent('已备注：送货上门，不放快递柜。'), system('买家已付款'), customer('谢谢')],
  },
  {
    key: 'unpaid-order',
    serviceType: 'pre_sale',
    when: 'day',
    weight: 2,
    turns: [agent('您好，看到您拍下{product}还没付款，库存不多了哦。'), customer('再想想'), agent('好的，今天付款还能赶上今晚发货。'), customer('付了')],
  },
  { key: 'unpaid-order-silent', serviceType: 'pre_sale', when: 'day', weight: 1, turns: [agent('您好，您拍下的{product}还没付款，需要帮您保留吗？')] },
  {
    key: 'bad-review',
    serviceType: 'after_sale',
    when: 'day',
    weight: 1,
    turns: [
      customer('颜色跟图片不一样，给了差评'),
      agent('看到您的评价了，真对不起，光线会有色差，给您换一件或者退款都可以。'),
      customer('退款吧'),
      agent('已同意退款，运费我们出。'),
    ],
  },
];
